// asman site on a made plot: what a surface of 2 m tells and one of 30 m does not; its GeoJSON; what it refuses.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { folder, run } from './program.mjs';
import { makeSurface } from './surface.mjs';

const few = ['--like', 'RUS/Kant', '--with', 'KGZ', '--near', '400', '--positions', '200', '--mast', '5', '30'];

it('tells positions apart by a fine surface, and says when it cannot', async (t) => {
  const at = folder(t);
  const { surface, plot } = makeSurface(at, { reach: 600 });
  const out = join(at, 'sited.geojson');
  const fine = await run(['site', '--plot', plot, '--surface', surface, ...few, '--json', '--out', out]);
  assert.equal(fine.code, 0, fine.err);
  const [result] = JSON.parse(fine.out);
  const [low, high] = result.by_mast;
  assert.equal(result.positions_equal, false);
  assert.ok(result.left_out_on_objects > 0, 'the hangar is no place');
  // In the lee of the hangar 5 m see little; 30 m look over it from everywhere.
  assert.ok(low.best - low.worst > 10 * low.sigma && low.as_good_as_best < result.positions);
  assert.ok(high.best - high.worst <= 3 * high.sigma && high.as_good_as_best === result.positions);
  assert.ok(high.worst > low.best);

  const map = JSON.parse(readFileSync(out, 'utf8'));
  assert.equal(map.horizontal_datum, 'WGS-84');
  assert.equal(map.unit, 'km2');
  const positions = map.features.filter((f) => f.properties.kind === 'position');
  assert.equal(positions.length, result.positions);
  const lows = positions.map((f) => f.properties.gains[0]);
  assert.ok(Math.abs(Math.max(...lows) - low.best) < 0.1 && Math.abs(Math.min(...lows) - low.worst) < 0.1);
  for (const { geometry: { coordinates: [lon, lat] } } of positions) {
    assert.ok(Math.abs(lat - 42.85) < 0.00101 && Math.abs(lon - 74.85) < 0.00138);
    const east = (lon - 74.85) * 111140 * Math.cos((42.85 * Math.PI) / 180);
    const north = (lat - 42.85) * 111140;
    assert.ok(!(east > 60 && east < 100 && Math.abs(north) < 60), 'a mast on the hangar');
  }
  const again = await run(['site', '--plot', plot, '--surface', surface, ...few, '--json', '--threads', '5']);
  assert.equal(again.out, fine.out, 'the number of threads changes the result');

  const coarse = makeSurface(join(at, 'coarse'), { reach: 600, cell: 30 });
  const rough = await run(['site', '--plot', plot, '--surface', coarse.surface, ...few]);
  assert.equal(rough.code, 0, rough.err);
  assert.match(rough.out, /all positions equal within terrain error/);
});

it('chooses among plots, and refuses what it cannot answer with a reason', async (t) => {
  const at = folder(t);
  const { plot, surface } = makeSurface(at, { reach: 300 });
  const square = (name, lat, lon) => ({
    type: 'Feature', properties: { name },
    geometry: { type: 'Polygon', coordinates: [[[lon, lat], [lon + 0.003, lat], [lon + 0.003, lat + 0.002], [lon, lat + 0.002], [lon, lat]]] },
  });
  const several = join(at, 'several.geojson');
  writeFileSync(several, JSON.stringify({ type: 'FeatureCollection', features: [square('Kant', 42.85, 74.85), square('beside it', 42.86, 74.86), square('Osh', 40.6, 72.8)] }));
  for (const goal of ['area', 'gap', 'warning']) {
    const { code, out, err } = await run(['site', '--plot', several, '--choose', '2', '--with', 'KGZ', '--goal', goal, '--state', 'KGZ', '--json']);
    assert.equal(code, 0, err);
    const chosen = JSON.parse(out);
    assert.equal(chosen.exact, true);
    assert.equal(chosen.chosen.length, 2);
    assert.ok(chosen.gain > 0 && chosen.goal === goal && chosen.at_most === chosen.gain);
    assert.equal(chosen.unit, goal === 'warning' ? 's' : 'km2');
  }
  const refused = async (words, reason) => {
    const { code, err } = await run(['site', ...words]);
    assert.notEqual(code, 0, words.join(' '));
    assert.match(err, reason);
  };
  await refused(['--plot', several, '--choose', '2', '--out', join(at, 'x.geojson')], /not for --choose/);
  await refused(['--plot', plot, '--like', 'RUS/Nowhere'], /no such sensor/);
  await refused(['--plot', plot, '--with', 'XXX'], /no such owner/);
  await refused(['--plot', plot, '--goal', 'warning'], /needs a state/);
  await refused(['--plot', surface], /not GeoJSON/);
  const elsewhere = join(at, 'elsewhere.geojson');
  writeFileSync(elsewhere, JSON.stringify(square('elsewhere', 43.5, 76)));
  await refused(['--plot', elsewhere, '--surface', surface], /nothing inside the box/);
  const flat = join(at, 'flat.geojson');
  writeFileSync(flat, JSON.stringify({ type: 'Polygon', coordinates: [[[74, 42], [75, 42], [76, 42], [74, 42]]] }));
  await refused(['--plot', flat], /no area/);
});
