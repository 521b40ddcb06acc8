// The states' borders as one GeoJSON file, from the npm package world-atlas (Natural Earth 1:10m, public domain):
//   node borders.mjs OUT.geojson
// One feature a state, {iso3, name}, sorted by code. Two neighbours have the very same vertices along their common border:
// both are cut from one topology and nothing is simplified. Longitudes stay within ±180°; a state that crosses the
// antimeridian (Russia, Fiji) is a MultiPolygon whose parts end there.
//
// Natural Earth draws who holds a place, not who claims it; a state that sees a border otherwise names its own file
// (`borders = "…"` in its configuration).
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { feature, merge } from 'topojson-client';
import { alpha3, withoutCode } from './iso3166.mjs';

/** Degrees to seven decimals (a centimetre): finer than the source, and the same number on both sides of a border. */
const rounded = (coordinates) =>
  typeof coordinates === 'number' ? Math.round(coordinates * 1e7) / 1e7 : coordinates.map(rounded);

/** Exterior rings counter-clockwise, holes clockwise, as RFC 7946 asks. */
function wound(polygon) {
  return polygon.map((ring, i) => {
    let area = 0;
    for (let k = 0; k + 1 < ring.length; k++) area += (ring[k + 1][0] - ring[k][0]) * (ring[k + 1][1] + ring[k][1]);
    const clockwise = area > 0;
    return clockwise === (i > 0) ? ring : [...ring].reverse();
  });
}

/** The polygons of a state's parts. Only where there are several does anything have to be dissolved. */
function polygons(topology, geometries) {
  if (geometries.length > 1) return merge(topology, geometries).coordinates;
  const { type, coordinates } = feature(topology, geometries[0]).geometry;
  return type === 'Polygon' ? [coordinates] : coordinates;
}

/** The states of a TopoJSON file with `objects.countries`, as a GeoJSON FeatureCollection. */
export function states(topology) {
  const parts = new Map();
  for (const geometry of topology.objects.countries.geometries) {
    const { name } = geometry.properties;
    const iso3 = geometry.id === undefined ? withoutCode.get(name) : alpha3.get(geometry.id);
    if (geometry.id !== undefined && !iso3) throw new Error(`country ${geometry.id} (${name}) has no ISO 3166-1 code`);
    if (!iso3) continue;
    const state = parts.get(iso3) ?? { name: undefined, geometries: [] };
    // The part that carries the code names the state; a place without code only adds its land.
    if (state.name === undefined && (geometry.id !== undefined || iso3 === 'XKX')) state.name = name;
    state.geometries.push(geometry);
    parts.set(iso3, state);
  }
  const features = [...parts.keys()].sort().map((iso3) => {
    const { name, geometries } = parts.get(iso3);
    const coordinates = polygons(topology, geometries).map((polygon) => wound(rounded(polygon)));
    return { type: 'Feature', properties: { iso3, name }, geometry: { type: 'MultiPolygon', coordinates } };
  });
  return { type: 'FeatureCollection', features };
}

/** The installed Natural Earth 1:10m countries. */
export function atlas() {
  return JSON.parse(readFileSync(createRequire(import.meta.url).resolve('world-atlas/countries-10m.json'), 'utf8'));
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const out = process.argv[2];
  if (!out) {
    console.error('usage: node borders.mjs OUT.geojson');
    process.exit(2);
  }
  const { features } = states(atlas());
  const text = `{"type":"FeatureCollection","features":[\n${features.map((f) => JSON.stringify(f)).join(',\n')}\n]}\n`;
  mkdirSync(dirname(resolve(out)), { recursive: true });
  writeFileSync(`${out}.part`, text);
  renameSync(`${out}.part`, out); // whole or not at all
}
