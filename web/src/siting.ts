// The result of `asman site --out` (docs/coverage.md) in the panel, and as points for the map.
import type { Feature, FeatureCollection, Geometry } from 'geojson';
import type { Coverage } from './coverage';
import { h, setChildren, setText } from './dom';
import { grouped } from './sight';

export interface MastSummary {
  mast_m: number;
  worst: number;
  best: number;
  sigma: number;
  as_good_as_best: number;
}
export interface SitedPlot {
  plot: string;
  remark: string;
  positions: number;
  positions_equal: boolean;
  before: number;
  by_mast: MastSummary[];
}
export interface Siting {
  type: 'FeatureCollection';
  goal: string;
  unit: string;
  masts_m: number[];
  flight_level: number;
  plots: SitedPlot[];
  features: Feature<Geometry, { kind: 'plot' | 'position'; plot: string; rank?: number; ground_m?: number; gains?: number[] }>[];
}

const goals: Record<string, string> = { area: 'area newly seen', gap: 'second looks', warning: 'mean warning' };
const unitText = (unit: string) => (unit === 'km2' ? 'km²' : unit);

/**
 * Outlines and positions for one mast: `share` is where a gain stands between the worst and the best of its plot (1 where
 * they are equal), `best` whether it is as good as the best within twice the error of a difference.
 */
export function sitingFeatures(s: Siting, mast: number): FeatureCollection {
  const k = s.masts_m.indexOf(mast);
  const features = s.features.map((f): Feature => {
    if (f.properties.kind !== 'position') return f;
    const m = s.plots.find((p) => p.plot === f.properties.plot)?.by_mast[k];
    const gain = f.properties.gains?.[k] ?? 0;
    const range = m ? m.best - m.worst : 0;
    return {
      ...f,
      properties: {
        kind: 'position', gain,
        share: m && range > 0 ? (gain - m.worst) / range : 1,
        best: m !== undefined && gain >= m.best - 2 * Math.SQRT2 * m.sigma - 0.05,
      },
    };
  });
  return { type: 'FeatureCollection', features };
}

/** Whether the position matters for a mast: more than the surface's error does. */
export const matters = (m: MastSummary, positions: number): boolean => positions > 1 && m.as_good_as_best < positions;

export function makeSiting(c: Coverage): { element: HTMLElement; update: () => void } {
  const mast = h('select', { id: 'siting-mast', 'aria-label': 'Mast height', onchange: () => c.setMast(Number(mast.value)) });
  const go = h('button', { id: 'siting-go', onclick: () => c.goToSiting() }, 'Show the plot');
  const caption = h('p', { class: 'note' });
  const tables = h('div', {});
  const element = h('div', { id: 'siting', hidden: true },
    h('h3', {}, 'Siting'), caption, h('div', { class: 'group' }, go, h('label', { class: 'compare' }, h('span', { class: 'caption' }, 'Mast'), mast)),
    h('p', { class: 'keyline', 'aria-label': 'Legend of the positions' },
      h('span', { class: 'key-item' }, h('span', { class: 'spot best' }), 'as good as the best'),
      h('span', { class: 'key-item' }, h('span', { class: 'spot' }), 'less: the smaller the less')),
    tables);
  const update = () => {
    const s = c.siting();
    element.hidden = !s;
    if (!s) return;
    setText(caption, `Gain in ${goals[s.goal] ?? s.goal} at FL${String(s.flight_level).padStart(3, '0')}, for each position on the plot.`);
    setChildren(mast, s.masts_m.join(), () => s.masts_m.map((m) => h('option', { value: m }, `${m} m`)));
    mast.value = String(c.mast());
    setChildren(tables, `${s.features.length},${c.mast()}`, () => s.plots.flatMap((p) => plotTable(s, p, c.mast())));
  };
  return { element, update };
}

function plotTable(s: Siting, p: SitedPlot, mast: number): HTMLElement[] {
  const unit = unitText(s.unit);
  const row = (m: MastSummary) =>
    h('tr', m.mast_m === mast ? { class: 'chosen' } : {},
      h('th', { scope: 'row' }, `${m.mast_m} m`),
      ...[grouped(m.worst), grouped(m.best), `± ${grouped(m.sigma)}`, p.positions_equal ? 'equal' : `${m.as_good_as_best} of ${p.positions}`].map((t) =>
        h('td', { class: 'num' }, t)));
  const chosen = p.by_mast.find((m) => m.mast_m === mast);
  const verdict = p.positions_equal
    ? 'The surface is too coarse to tell positions apart: all are equal within terrain error.'
    : chosen && matters(chosen, p.positions)
      ? `With ${mast} m it matters where it stands: ${grouped(chosen.worst)} to ${grouped(chosen.best)} ${unit}.`
      : `With ${mast} m it does not matter where it stands on this plot.`;
  return [
    h('h4', {}, p.plot),
    h('p', { class: 'finding' }, verdict),
    h('table', { class: 'figures' },
      h('thead', {}, h('tr', {}, ...['Mast', `worst, ${unit}`, 'best', 'error', 'as good'].map((t) => h('th', { scope: 'col' }, t)))),
      h('tbody', {}, ...p.by_mast.map(row))),
    h('p', { class: 'note' }, `${p.remark}.`),
  ];
}
