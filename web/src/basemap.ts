// The ground under the picture: land, borders, a graticule, what sensors see. MapLibre draws it; all of it comes from
// this server, and it has no text (names are drawn with the symbols), so no glyph server either.
import * as maplibregl from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import 'maplibre-gl/dist/maplibre-gl.css';
import type { Feature, FeatureCollection, LineString, Polygon } from 'geojson';
import { map as colour } from './palette';
import { destination } from './format';
import type { CoverView } from './hash';
import type { Scene, Sensor, Snapshot, StateCode } from './protocol';

maplibregl.setWorkerUrl(workerUrl);

export type BaseMap = maplibregl.Map;
export const firstView = { zoom: 4.6, lat: 42.5, lon: 71 };

const empty: FeatureCollection = { type: 'FeatureCollection', features: [] };

/** Meridians and parallels every 5°. */
function graticule(): FeatureCollection<LineString> {
  const features: Feature<LineString>[] = [];
  const add = (coordinates: [number, number][]) => features.push({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates } });
  for (let lon = -180; lon < 180; lon += 5) add([[lon, -80], [lon, 84]]);
  for (let lat = -80; lat <= 80; lat += 5) add([[-180, lat], [180, lat]]);
  return { type: 'FeatureCollection', features };
}

function style(): maplibregl.StyleSpecification {
  const data = (name: string) => new URL(`geo/${name}`, document.baseURI).href;
  const foreign = ['==', ['get', 'mine'], false] as unknown as maplibregl.FilterSpecification;
  const own = ['==', ['get', 'mine'], true] as unknown as maplibregl.FilterSpecification;
  return {
    version: 8,
    sources: {
      land: { type: 'geojson', data: data('land.json'), tolerance: 0.2, maxzoom: 9, attribution: 'Natural Earth' },
      borders: { type: 'geojson', data: data('borders.json'), tolerance: 0.2, maxzoom: 9 },
      graticule: { type: 'geojson', data: graticule(), tolerance: 0 },
      cover: { type: 'geojson', data: empty },
    },
    layers: [
      { id: 'sea', type: 'background', paint: { 'background-color': colour.sea } },
      { id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': colour.land, 'fill-antialias': false } },
      { id: 'own-land', type: 'fill', source: 'land', filter: ['==', ['get', 'iso'], ''], paint: { 'fill-color': colour.ownLand, 'fill-antialias': false } },
      { id: 'graticule', type: 'line', source: 'graticule', paint: { 'line-color': colour.graticule, 'line-width': 1 } },
      { id: 'cover-fill', type: 'fill', source: 'cover', filter: own, paint: { 'fill-color': colour.coverOwn, 'fill-opacity': 0.045 } },
      { id: 'cover-foreign', type: 'line', source: 'cover', filter: foreign, paint: { 'line-color': colour.coverForeign, 'line-width': 1, 'line-opacity': 0.5, 'line-dasharray': [4, 3] } },
      { id: 'cover-own', type: 'line', source: 'cover', filter: own, paint: { 'line-color': colour.coverOwn, 'line-width': 1, 'line-opacity': 0.5 } },
      { id: 'borders', type: 'line', source: 'borders', paint: { 'line-color': colour.border, 'line-width': 1 } },
      { id: 'own-border', type: 'line', source: 'borders', filter: ['==', ['get', 'a'], '-'], paint: { 'line-color': colour.ownBorder, 'line-width': 1.6 } },
    ],
  };
}

export function makeMap(container: HTMLElement, view: { zoom: number; lat: number; lon: number }): BaseMap {
  const map = new maplibregl.Map({
    container,
    style: style(),
    center: [view.lon, view.lat],
    zoom: view.zoom,
    minZoom: 1.5,
    maxZoom: 17, // a plot of 5 hectares fills the screen
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    attributionControl: false,
    keyboard: true,
    fadeDuration: 0,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibregl.ScaleControl({ unit: 'metric', maxWidth: 120 }), 'bottom-right');
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), 'bottom-right');
  return map;
}

/** Runs once the style is there. */
export function whenReady(map: BaseMap, action: () => void): void {
  if (map.getSource('cover')) action();
  else map.once('style.load', action);
}

export function showState(map: BaseMap, state: StateCode): void {
  whenReady(map, () => {
    map.setFilter('own-land', ['==', ['get', 'iso'], state]);
    map.setFilter('own-border', ['any', ['==', ['get', 'a'], state], ['==', ['get', 'b'], state]]);
  });
}

const circle = (sensor: Sensor): [number, number][] =>
  Array.from({ length: 73 }, (_, i) => destination({ lat: sensor.lat ?? 0, lon: sensor.lon ?? 0 }, sensor.range_m, i * 5));

/** The outlines to show: what the scene gives, else a sensor's range ring. */
export function coverFeatures(sensors: readonly Sensor[], scene: Scene | undefined, view: CoverView): FeatureCollection<Polygon> {
  const features: Feature<Polygon>[] = [];
  if (view === 'off') return { type: 'FeatureCollection', features };
  const outlines = new Map<number, [number, number][][]>();
  for (const cover of scene?.cover ?? []) {
    const ring = [...cover.outline, ...cover.outline.slice(0, 1)];
    if (ring.length > 3) outlines.set(cover.sensor, [...(outlines.get(cover.sensor) ?? []), ring]);
  }
  for (const sensor of sensors) {
    if (view === 'own' && !sensor.mine) continue;
    if (!sensor.mine && sensor.via.length === 0) continue;
    if (sensor.lat === undefined || sensor.lon === undefined) continue;
    const rings = outlines.get(sensor.id) ?? (sensor.range_m > 0 ? [circle(sensor)] : []);
    for (const ring of rings)
      features.push({ type: 'Feature', properties: { mine: sensor.mine }, geometry: { type: 'Polygon', coordinates: [ring] } });
  }
  return { type: 'FeatureCollection', features };
}

/** What coverFeatures depends on, to redraw only when it changes. */
export const coverKey = (snapshot: Snapshot, scene: Scene | undefined, view: CoverView): string =>
  [view, snapshot.state, scene?.cover.length, ...snapshot.sensors.map((s) => `${s.id}${s.mine ? 'm' : s.via.length ? 'v' : ''}`)].join(' ');

export function showCover(map: BaseMap, features: FeatureCollection<Polygon>): void {
  whenReady(map, () => map.getSource<maplibregl.GeoJSONSource>('cover')?.setData(features));
}

/** Moves the map so that the points are in sight. */
export function fit(map: BaseMap, points: readonly { lat: number; lon: number }[], padding: number, maxZoom = 7): void {
  const bounds = new maplibregl.LngLatBounds();
  for (const p of points) bounds.extend([p.lon, p.lat]);
  if (!bounds.isEmpty()) map.fitBounds(bounds, { padding, maxZoom, animate: false });
}
