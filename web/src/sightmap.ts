// Coverage on the map: areas with hatches (nothing is told by colour alone), a section's line, a siting's places.
import type * as maplibregl from 'maplibre-gl';
import type { FeatureCollection } from 'geojson';
import { whenReady, type BaseMap } from './basemap';
import { map as colour } from './palette';

const empty: FeatureCollection = { type: 'FeatureCollection', features: [] };
const before = 'borders'; // under the borders, over the ground

/** A square of strokes that repeats: one direction, or two. */
function hatch(stroke: string, both: boolean, gap: number): { width: number; height: number; data: Uint8ClampedArray } {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = gap;
  const c = canvas.getContext('2d');
  if (!c) return { width: 1, height: 1, data: new Uint8ClampedArray(4) };
  c.strokeStyle = stroke;
  c.lineWidth = 1.3;
  const line = (x0: number, y0: number, x1: number, y1: number) => {
    c.beginPath();
    c.moveTo(x0, y0);
    c.lineTo(x1, y1);
    c.stroke();
  };
  for (const shift of [-gap, 0, gap]) {
    line(shift - 1, gap + 1, shift + gap + 1, -1);
    if (both) line(shift - 1, -1, shift + gap + 1, gap + 1);
  }
  return { width: gap, height: gap, data: c.getImageData(0, 0, gap, gap).data };
}

type Filter = maplibregl.FilterSpecification;
const kind = (...kinds: string[]) => ['in', ['get', 'kind'], ['literal', kinds]] as unknown as Filter;

function addLayers(map: BaseMap): void {
  if (map.getSource('sight')) return;
  map.addImage('hatch-accord', hatch(colour.sightAccord, false, 9));
  map.addImage('hatch-gained', hatch(colour.sightGained, false, 9));
  map.addImage('hatch-lost', hatch(colour.sightLost, true, 9));
  for (const id of ['sight', 'section', 'siting']) map.addSource(id, { type: 'geojson', data: empty, tolerance: 0.1 });
  const fill = (id: string, filter: Filter, paint: NonNullable<maplibregl.FillLayerSpecification['paint']>) =>
    map.addLayer({ id, type: 'fill', source: 'sight', filter, paint: { 'fill-antialias': false, ...paint } }, before);
  const line = (id: string, source: string, filter: Filter, paint: NonNullable<maplibregl.LineLayerSpecification['paint']>) =>
    map.addLayer({ id, type: 'line', source, filter, paint }, before);
  fill('sight-unseen', kind('unseen'), { 'fill-color': '#000000', 'fill-opacity': 0.28 });
  fill('sight-own', kind('own'), { 'fill-color': colour.sightOwn, 'fill-opacity': 0.34 });
  fill('sight-accord', kind('accord'), { 'fill-pattern': 'hatch-accord', 'fill-opacity': 0.5 });
  fill('sight-gained-ground', kind('gained'), { 'fill-color': colour.sightGained, 'fill-opacity': 0.13 });
  fill('sight-gained', kind('gained'), { 'fill-pattern': 'hatch-gained', 'fill-opacity': 0.45 });
  fill('sight-lost', kind('lost'), { 'fill-pattern': 'hatch-lost', 'fill-opacity': 0.6 });
  line('sight-edge', 'sight', kind('own', 'accord'), { 'line-color': colour.sightOwn, 'line-width': 0.8, 'line-opacity': 0.8 });
  line('sight-gained-edge', 'sight', kind('gained'), { 'line-color': colour.sightGained, 'line-width': 1.4 });
  line('sight-lost-edge', 'sight', kind('lost'), { 'line-color': colour.sightLost, 'line-width': 1.4, 'line-dasharray': [3, 2] });
  map.addLayer({ id: 'section-line', type: 'line', source: 'section', paint: { 'line-color': '#e8eef2', 'line-width': 2, 'line-dasharray': [2, 1.5] } });
  map.addLayer({ id: 'section-ends', type: 'circle', source: 'section', filter: ['==', ['geometry-type'], 'Point'] as unknown as Filter,
    paint: { 'circle-radius': 4.5, 'circle-color': ['case', ['==', ['get', 'end'], 'A'], '#e8eef2', '#10161b'], 'circle-stroke-color': '#e8eef2', 'circle-stroke-width': 2 } });
  map.addLayer({ id: 'siting-plot', type: 'line', source: 'siting', filter: ['==', ['geometry-type'], 'Polygon'] as unknown as Filter,
    paint: { 'line-color': '#e8eef2', 'line-width': 1.6 } });
  map.addLayer({ id: 'siting-places', type: 'circle', source: 'siting', filter: ['==', ['geometry-type'], 'Point'] as unknown as Filter,
    paint: {
      // Better is larger and brighter; what is as good as the best has a ring.
      'circle-radius': ['interpolate', ['linear'], ['get', 'share'], 0, 1.2, 1, 3.2],
      'circle-color': ['interpolate', ['linear'], ['get', 'share'], 0, '#5a6872', 1, colour.sightGained],
      'circle-stroke-color': '#e8eef2',
      'circle-stroke-width': ['case', ['get', 'best'], 1, 0],
    } as NonNullable<maplibregl.CircleLayerSpecification['paint']> });
}

export function showAreas(map: BaseMap, data: FeatureCollection | undefined): void {
  whenReady(map, () => {
    addLayers(map);
    map.getSource<maplibregl.GeoJSONSource>('sight')?.setData(data ?? empty);
  });
}

export type End = { lat: number; lon: number };

/** The line of a section, or its first end alone. */
export function showLine(map: BaseMap, ends: readonly End[], along: (from: End, to: End) => [number, number][]): void {
  const [from, to] = ends;
  const data: FeatureCollection = {
    type: 'FeatureCollection',
    features: ends.map((e, i) => ({ type: 'Feature', properties: { end: i === 0 ? 'A' : 'B' }, geometry: { type: 'Point', coordinates: [e.lon, e.lat] } })),
  };
  if (from && to) data.features.push({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: along(from, to) } });
  whenReady(map, () => {
    addLayers(map);
    map.getSource<maplibregl.GeoJSONSource>('section')?.setData(data);
  });
}

export function showSiting(map: BaseMap, data: FeatureCollection | undefined): void {
  whenReady(map, () => {
    addLayers(map);
    map.getSource<maplibregl.GeoJSONSource>('siting')?.setData(data ?? empty);
  });
}
