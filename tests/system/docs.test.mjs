// The commands that README and docs show: each names what the program has, and those that need no network run, in the order shown.
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { asman, folder, root, run } from './program.mjs';
import { spawnSync } from 'node:child_process';
import { makeSurface } from './surface.mjs';

const pages = ['README.md', 'HACKING.md', ...readdirSync(join(root, 'docs')).filter((n) => n.endsWith('.md')).map((n) => `docs/${n}`)];

/** What a page shows as commands: lines of code blocks (with their line numbers), and code within a sentence. */
function shown(page) {
  const found = [];
  let fence = false;
  let carried = null;
  readFileSync(join(root, page), 'utf8').split('\n').forEach((line, i) => {
    if (line.startsWith('```')) fence = !fence;
    const block = line.match(fence ? /^(?:\$ )?(.*)$/ : /^(?: {4,})(?:\$ )?(.*)$/)?.[1].trim();
    const text = carried === null ? block : `${carried} ${line.trim()}`;
    carried = null;
    if (text && /^(?:build\/release\/)?asman |^\.\/run /.test(text)) {
      if (text.endsWith('\\')) carried = text.slice(0, -1).trim();
      else found.push({ where: `${page}:${i + 1}`, block: true, text: text.split(/\s{2,}|\s+#/)[0] });
      return;
    }
    for (const [, code] of line.matchAll(/`((?:asman|\.\/run) [^`]+)`/g)) found.push({ where: `${page}:${i + 1}`, block: false, text: code });
  });
  return found;
}

/** The words of a simple command, without redirections and what follows a pipe or `&`. */
function words(text) {
  const all = [...text.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map((m) => m[1] ?? m[2] ?? m[3]);
  const end = all.findIndex((w) => /^([|&<>]|&&|2>)/.test(w));
  return end < 0 ? all : all.slice(0, end);
}

const helps = new Map();
async function help(path) {
  const key = path.join(' ');
  if (!helps.has(key)) helps.set(key, (await run([...path, '--help'])).out);
  return helps.get(key);
}
const subcommands = (text) =>
  [...(text.match(/^subcommands:\n((?: .*\n)*)/im)?.[1] ?? '').matchAll(/^ {2}([a-z][\w-]*(?:, *[a-z][\w-]*)*)\s/gm)]
    .flatMap((m) => m[1].split(/, */));

test('every command of the documentation names a subcommand and options that there are', async () => {
  let count = 0;
  for (const page of pages) {
    for (const { where, text } of shown(page)) {
      // `asman spec list, asman spec show 048 1.32` shows two.
      for (const one of text.split(/(?:,| ·) (?=asman )/)) {
        const given = words(one);
        const path = given[0] === './run' ? ['demo'] : [];
        let rest = given.slice(1);
        const first = rest.findIndex((w) => !w.startsWith('-'));
        if (given[0] !== './run' && first > 0 && !['--help', '--version'].includes(rest[0])) continue;
        let names = subcommands(await help(path));
        while (rest.length && names.length) {
          const alternatives = rest[0].split('|');
          if (rest[0].startsWith('-') || rest[0] === '…') break;
          for (const name of alternatives) assert.ok(names.includes(name), `${where}: '${one}': no subcommand '${name}' of 'asman ${path.join(' ')}'`);
          path.push(alternatives[0]);
          rest = rest.slice(1);
          names = alternatives.length > 1 ? [] : subcommands(await help(path));
        }
        const options = await help(path);
        for (const word of rest.filter((w) => /^\[?--?[a-z]/i.test(w))) {
          for (const option of word.replace(/[[\]]/g, '').split('|')) {
            const name = option.split('=')[0];
            assert.ok(new RegExp(`(^|[\\s,])${name}([\\s,=:]|$)`, 'm').test(options), `${where}: '${one}': no option ${name} of 'asman ${path.join(' ')}'`);
          }
        }
        count += 1;
      }
    }
  }
  assert.ok(count >= 25, `${count} commands found`);
});

/** A folder as a reader has it: the repository's data, and recordings of the names that the pages use, simulated. */
async function sandbox(t) {
  const path = folder(t);
  for (const name of ['data', 'tests', 'build']) symlinkSync(join(root, name), join(path, name));
  const { code, err } = await run(['simulate', join(root, 'data/scenarios/central-asia.toml'), '--for', '60', '--out', join(path, 'rec')]);
  assert.equal(code, 0, err);
  for (const name of ['radar.pcap', 'a.pcap', 'before.pcap']) copyFileSync(join(path, 'rec', 'wire.pcap'), join(path, name));
  return path;
}

/** Runs the commands that a page's blocks show, by a shell in `cwd`, in order; those that match `skip` need a network or hours. */
function runShown(page, cwd, { skip = /(?!)/, codes = {} } = {}) {
  let ran = 0;
  for (const { where, block, text } of shown(page)) {
    if (!block || skip.test(text)) continue;
    const line = text.split(/, (?=asman )/).join('; ').replace('*.ff', 'radar.pcap');
    const env = { ...process.env, PATH: `${join(asman, '..')}:${process.env.PATH}` };
    const { status, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', line], { cwd, env, timeout: 170_000, encoding: 'utf8' });
    const expected = Object.entries(codes).find(([start]) => text.startsWith(start))?.[1] ?? 0;
    assert.equal(status, expected, `${where}: '${line}' ended with ${status}: ${stderr.slice(-2000)}`);
    ran += 1;
  }
  return ran;
}

test('the commands of docs/asterix.md run', async (t) => {
  const cwd = await sandbox(t);
  copyFileSync(join(cwd, 'radar.pcap'), join(cwd, 'b.raw'));
  assert.ok(runShown('docs/asterix.md', cwd) >= 7);
});
test('the commands of docs/accords.md and docs/scenario.md run', async (t) => {
  const cwd = await sandbox(t);
  assert.ok(runShown('docs/accords.md', cwd) >= 4);
  assert.ok(runShown('docs/scenario.md', cwd) >= 1);
});
test('the commands of docs/coverage.md run', async (t) => {
  const cwd = await sandbox(t);
  makeSurface(cwd, { reach: 600 });
  const plot = JSON.parse(readFileSync(join(cwd, 'plot.geojson'), 'utf8'));
  const moved = (name, by) => ({
    type: 'Feature', properties: { name },
    geometry: { type: 'Polygon', coordinates: [plot.geometry.coordinates[0].map(([lon, lat]) => [lon + by, lat])] },
  });
  const features = [0, 0.2, 0.4, -0.3].map((by) => moved(`moved ${by}`, by));
  writeFileSync(join(cwd, 'candidates.geojson'), JSON.stringify({ type: 'FeatureCollection', features }));
  // Neither a display, nor what needs the shared terrain; assessments of a minute only at length.
  const skip = process.env.ASMAN_LONG ? /asman demo|\.\.\/shared/ : /asman assess|asman demo|\.\.\/shared/;
  assert.ok(runShown('docs/coverage.md', cwd, { skip }) >= 8);
});
