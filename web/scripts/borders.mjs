// Borders for the map, made from the npm package world-atlas (Natural Earth 1:10m, public domain) at build time:
//   public/geo/land.json     one polygon feature a country: {iso, name}
//   public/geo/borders.json  shared borders as lines: {a, b}; coasts as lines: {a}
//   public/geo/places.json   where to write a country's name: [{iso, name, lon, lat, span}]
// Inside `detail` nothing is simplified; elsewhere what no operator of this region needs is dropped.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { feature, mesh } from 'topojson-client';
import { presimplify, simplify, sphericalTriangleArea } from 'topojson-simplify';

const detail = { west: 18, east: 92, south: 30, north: 62 };
const coarse = 4e-6; // steradians: triangles smaller than this go, outside `detail`

// ISO 3166-1 numeric to alpha-3, for the states that an accord here may name and their neighbours.
const alpha3 = {
  '004': 'AFG', '031': 'AZE', '051': 'ARM', 112: 'BLR', 156: 'CHN', 233: 'EST', 246: 'FIN', 268: 'GEO', 356: 'IND',
  364: 'IRN', 368: 'IRQ', 392: 'JPN', 398: 'KAZ', 408: 'PRK', 417: 'KGZ', 428: 'LVA', 440: 'LTU', 496: 'MNG', 498: 'MDA',
  578: 'NOR', 586: 'PAK', 616: 'POL', 643: 'RUS', 762: 'TJK', 792: 'TUR', 795: 'TKM', 804: 'UKR', 860: 'UZB',
};

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, '..', 'public', 'geo');
const atlas = JSON.parse(readFileSync(createRequire(import.meta.url).resolve('world-atlas/countries-10m.json'), 'utf8'));

const weighted = presimplify(atlas, sphericalTriangleArea);
for (const arc of weighted.arcs)
  for (const point of arc)
    if (point[0] > detail.west && point[0] < detail.east && point[1] > detail.south && point[1] < detail.north)
      point[2] = Infinity;
const topology = simplify(weighted, coarse);
const countries = topology.objects.countries;
for (const geometry of countries.geometries)
  geometry.properties = { iso: alpha3[geometry.id] ?? '', name: geometry.properties.name };

const round = (value) => Math.round(value * 1e4) / 1e4;
const rounded = (coordinates) =>
  typeof coordinates[0] === 'number' ? [round(coordinates[0]), round(coordinates[1])] : coordinates.map(rounded);

/** A line, cut where it runs along the map's edge at 180° (there a country is cut, it does not end). */
function cutAtEdge(line) {
  const parts = [[]];
  for (let i = 0; i < line.length; i++) {
    const onEdge = (point) => Math.abs(Math.abs(point[0]) - 180) < 1e-3;
    if (i > 0 && onEdge(line[i]) && onEdge(line[i - 1])) parts.push([]);
    parts.at(-1).push(line[i]);
  }
  return parts.filter((part) => part.length > 1);
}

function lines(filter, properties) {
  const geometry = mesh(topology, countries, filter);
  const coordinates = geometry.coordinates.flatMap(cutAtEdge).map(rounded);
  return coordinates.length ? [{ type: 'Feature', properties, geometry: { type: 'MultiLineString', coordinates } }] : [];
}

const land = feature(topology, countries);
land.features = land.features
  .filter((f) => f.geometry)
  .map((f) => ({ type: 'Feature', properties: f.properties, geometry: { ...f.geometry, coordinates: rounded(f.geometry.coordinates) } }));

// Borders pair by pair, so that the display can tell a state's own border from others.
const pairs = new Map();
mesh(topology, countries, (a, b) => {
  if (a !== b) {
    const [x, y] = [a.properties, b.properties].map((p) => p.iso || p.name).sort();
    pairs.set(`${x}|${y}`, [x, y]);
  }
  return false;
});
const borderFeatures = [];
for (const [x, y] of [...pairs.values()].sort()) {
  const is = (g, key) => (g.properties.iso || g.properties.name) === key;
  borderFeatures.push(...lines((a, b) => a !== b && ((is(a, x) && is(b, y)) || (is(a, y) && is(b, x))), { a: x, b: y }));
}
const coasts = lines((a, b) => a === b, {});

/** Where a name goes: the middle of the widest part of the largest ring, on the parallel that cuts it longest. */
function place(geometry) {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  const extent = (ring) => {
    const x = ring.map((p) => p[0]), y = ring.map((p) => p[1]);
    return { west: Math.min(...x), east: Math.max(...x), south: Math.min(...y), north: Math.max(...y) };
  };
  const area = (e) => (e.east - e.west) * (e.north - e.south);
  const rings = polygons.map((p) => p[0]).sort((a, b) => area(extent(b)) - area(extent(a)));
  const ring = rings[0], box = extent(ring);
  let best = { length: 0 };
  for (let step = 3; step <= 13; step++) {
    const lat = box.south + ((box.north - box.south) * step) / 16;
    const cuts = [];
    for (let i = 1; i < ring.length; i++) {
      const [a, b] = [ring[i - 1], ring[i]];
      if (a[1] > lat !== b[1] > lat) cuts.push(a[0] + ((lat - a[1]) / (b[1] - a[1])) * (b[0] - a[0]));
    }
    cuts.sort((a, b) => a - b);
    for (let i = 0; i + 1 < cuts.length; i += 2)
      if (cuts[i + 1] - cuts[i] > best.length) best = { length: cuts[i + 1] - cuts[i], lon: (cuts[i] + cuts[i + 1]) / 2, lat };
  }
  return best.length > 0 ? { lon: round(best.lon), lat: round(best.lat), span: round(best.length) } : null;
}
const places = land.features
  .filter((f) => f.properties.iso)
  .flatMap((f) => {
    const at = place(f.geometry);
    return at ? [{ ...f.properties, ...at }] : [];
  });

mkdirSync(out, { recursive: true });
const write = (name, value) => {
  const text = JSON.stringify(value);
  writeFileSync(join(out, name), text);
  console.log(`geo/${name}: ${(text.length / 1024).toFixed(0)} kB`);
};
write('land.json', land);
write('borders.json', { type: 'FeatureCollection', features: [...borderFeatures, ...coasts] });
write('places.json', places);
