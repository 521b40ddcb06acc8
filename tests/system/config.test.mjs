// What is wrong in a file is told with the file, the line and the nearest right name; and nothing starts.
import assert from 'node:assert/strict';
import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, root, run } from './program.mjs';

const scenario = readFileSync(join(root, 'data/scenarios/central-asia.toml'), 'utf8');
const headless = ['demo', '--headless', '--for', '1', '--speed', 'max'];

async function refused(args, ...patterns) {
  const { code, out, err } = await run(args);
  assert.equal(code, 1, err);
  assert.equal(out, '');
  for (const pattern of patterns) assert.match(err, pattern);
}
function written(t, name, text) {
  const path = join(folder(t), name);
  writeFileSync(path, text);
  return path;
}

test('a missing file is named', async () => {
  await refused([...headless, '--scenario', 'nowhere.toml'], /nowhere\.toml/);
  await refused([...headless, '--borders', 'nowhere.geojson'], /nowhere\.geojson/);
  await refused([...headless, '--terrain', 'nowhere.tif'], /nowhere\.tif/);
  await refused(['node', '--config', 'nowhere.toml'], /nowhere\.toml/);
  await refused(['replay', 'nowhere.asmanlog'], /nowhere\.asmanlog/);
});

test('a misspelled key of a scenario: file, line, column, and the nearest name', async (t) => {
  const key = /^seed\s*=/m;
  assert.match(scenario, key);
  const path = written(t, 'wrong.toml', scenario.replace(key, 'sead ='));
  const line = scenario.slice(0, scenario.search(key)).split('\n').length;
  await refused([...headless, '--scenario', path], new RegExp(`wrong\\.toml:${line}:`), /sead/, /seed/);
});

test('a scenario that is no TOML: the line at which it stops to be', async (t) => {
  const lines = scenario.split('\n');
  lines.splice(4, 0, '[= nonsense');
  await refused([...headless, '--scenario', written(t, 'broken.toml', lines.join('\n'))], /broken\.toml:5:/);
});

test("a wrong key or value of a node's configuration stops its start", async (t) => {
  const config = 'format = 1\nstate = "KGZ"\nmode = "live"\nsensors = 3\n';
  await refused(['node', '--config', written(t, 'node.toml', config)], /node\.toml:4:1/, /sensors/, /sensor/);
  await refused(['node', '--config', written(t, 'mode.toml', 'format = 1\nstate = "KGZ"\nmode = "fast"\n')], /mode\.toml:3:/, /live/);
});

test('an accord that names an unknown state seals itself: the demonstration runs, and its law says so', async (t) => {
  const accords = join(folder(t), 'accords');
  cpSync(join(root, 'data/accords'), accords, { recursive: true });
  const texts = readdirSync(accords).filter((name) => name.endsWith('.toml')).sort();
  assert.ok(texts.length > 0, 'no accord text');
  const path = join(accords, texts[0]);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace(/^parties\s*=\s*\[\s*"[A-Z]{3}"/m, 'parties = ["QQQ"'));
  assert.notEqual(readFileSync(path, 'utf8'), text);
  const { code, out, err } = await run([...headless, '--accords', accords, '--json', '-']);
  assert.equal(code, 0, err);
  assert.match(out + err, /QQQ|sealed/);
});
