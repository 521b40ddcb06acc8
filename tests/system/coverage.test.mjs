// asman coverage against recordings: what was predicted, and what radars really reported.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { folder, run, shared, without } from './program.mjs';

const brier = (out) => {
  const found = /(\d+) looks; Brier score ([\d.]+) \(a constant prediction: ([\d.]+)\)/.exec(out);
  assert.ok(found, out);
  return found.slice(1).map(Number);
};

it('predicts what a simulated recording then holds', async (t) => {
  const at = folder(t);
  const scenario = 'data/scenarios/central-asia.toml';
  const made = await run(['simulate', scenario, '--for', '90', '--out', at]);
  assert.equal(made.code, 0, made.err);
  const { code, out, err } = await run(['coverage', scenario, '--recorded', join(at, 'wire.pcap'), '--out', at]);
  assert.equal(code, 0, err);
  const [looks, score, constant] = brier(out);
  assert.ok(looks > 1000);
  assert.ok(score < constant / 3, `${score} is not far below ${constant}`);
  assert.match(out, /of them simulated/);
  assert.match(readFileSync(join(at, 'calibration.svg'), 'utf8'), /Brier score/);

  const nothing = await run(['coverage', scenario, '--recorded', join(at, 'truth.csv'), '--out', at]);
  assert.notEqual(nothing.code, 0);
  const absent = await run(['coverage', scenario, '--recorded', join(at, 'absent.pcap'), '--out', at]);
  assert.notEqual(absent.code, 0);
  assert.match(absent.err, /absent\.pcap/);
});

it('is held against a real radar’s recording', { skip: without('asterix/jahorina.raw') }, async (t) => {
  const at = folder(t);
  const scenario = (sic) => `format = 1
name = "jahorina"
start = 2024-01-15T09:25:00Z
[[state]]
code = "BIH"
[[sensor]]
name = "Jahorina"
owner = "BIH"
kind = "mode_s"
sac = 23
sic = ${sic}
lat = 43.72
lon = 18.57
elevation_m = 1913
range_km = 470
scan_s = 5
`;
  const file = join(at, 'jahorina.toml');
  writeFileSync(file, scenario(2));
  const recording = join(shared, 'asterix', 'jahorina.raw');
  const { code, out, err } = await run(['coverage', file, '--recorded', recording, '--out', at]);
  assert.equal(code, 0, err);
  const [looks, score] = brier(out);
  assert.ok(looks > 1500 && score < 0.05, out);
  assert.match(out, /turns of 5\.0\d s, 106 aircraft/);
  writeFileSync(file, scenario(3));
  const other = await run(['coverage', file, '--recorded', recording, '--out', at]);
  assert.notEqual(other.code, 0);
  assert.match(other.err, /no plot .* of a radar of the scenario/);
});

it('refuses what cannot be, with a reason', async (t) => {
  const at = folder(t);
  const scenario = 'data/scenarios/central-asia.toml';
  const refused = async (words, reason, exit = 1) => {
    const { code, err, out } = await run(words);
    assert.equal(code, exit, `${words.join(' ')}: ${err}`);
    assert.match(err + out, reason);
  };
  const coverage = (...words) => ['coverage', scenario, '--state', 'KGZ', '--out', at, ...words];
  await refused(coverage('--box', '44,81,39,69'), /south below its north/);
  await refused(coverage('--box', '39,69,95,81'), /latitudes lie between/);
  await refused(coverage('--box', '39,69,44'), /4 numbers/);
  await refused(coverage('--why', '42,nan,100'), /longitudes between/);
  await refused(coverage('--section', '40,70,40,70'), /two different ends/);
  await refused(coverage('--level', 'nan'), /not a number between/, 2);
  await refused(coverage('--cell', '0'), /not a number between/, 2);
  await refused(coverage('--sensor', 'KGZ/Nowhere'), /no sensor of the scenario/);
  await refused(coverage('--terrain', join(at, 'none.tif')), /no such file/);
  await refused(['assess', '--state', 'XXX'], /no such state/);
  await refused(['assess', '--from', '2024-01-01', '--to', '2009-01-01'], /start must be before/);
  await refused(['assess', '--without', 'NOPE\/x'], /no accord/);
  await refused(['assess', '--speed', 'nan'], /not a number between/, 2);
  await refused(['site', '--plot', join(at, 'none.geojson')], /none\.geojson/);
  await refused(['site', '--plot', 'x', '--mast', '-3'], /not a number between/, 2);
});
