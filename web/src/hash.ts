// The view in the address: #map=5.20/42.500/74.600&as=KGZ&cover=own&labels=full — so that a link or a reload shows the same.

export type CoverView = 'off' | 'own' | 'all';
export type LabelView = 'full' | 'short' | 'off';

export interface View {
  map?: { zoom: number; lat: number; lon: number };
  as?: string;
  cover: CoverView;
  labels: LabelView;
  trails: boolean;
}

export const defaultView: View = { cover: 'own', labels: 'full', trails: true };

const oneOf = <T extends string>(text: string | null, values: readonly T[], otherwise: T): T =>
  values.includes(text as T) ? (text as T) : otherwise;

/** Reads what it understands; anything else is the default. */
export function parseHash(hash: string): View {
  const params = new URLSearchParams(hash.replace(/^#/, ''));
  const view: View = {
    cover: oneOf(params.get('cover'), ['off', 'own', 'all'], defaultView.cover),
    labels: oneOf(params.get('labels'), ['full', 'short', 'off'], defaultView.labels),
    trails: params.get('trails') !== 'off',
  };
  const as = params.get('as');
  if (as && /^[A-Z]{3}$/.test(as)) view.as = as;
  const [zoom, lat, lon] = (params.get('map') ?? '').split('/').map((part) => (part === '' ? NaN : Number(part)));
  if (zoom !== undefined && lat !== undefined && lon !== undefined && Math.abs(lat) <= 85 && Math.abs(lon) <= 360 && zoom >= 0 && zoom <= 20)
    view.map = { zoom, lat, lon };
  return view;
}

export function formatHash(view: View): string {
  const parts: string[] = [];
  if (view.map) parts.push(`map=${view.map.zoom.toFixed(2)}/${view.map.lat.toFixed(3)}/${view.map.lon.toFixed(3)}`);
  if (view.as) parts.push(`as=${view.as}`);
  if (view.cover !== defaultView.cover) parts.push(`cover=${view.cover}`);
  if (view.labels !== defaultView.labels) parts.push(`labels=${view.labels}`);
  if (!view.trails) parts.push('trails=off');
  return `#${parts.join('&')}`;
}
