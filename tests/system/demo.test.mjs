// The demonstration as a process: the same bytes twice, on one thread and on more, and again from the log.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { demonstration, digests, folder, run, start } from './program.mjs';

const seconds = 40;

describe('a run of the demonstration', () => {
  let first;
  before(async () => {
    first = await demonstration(seconds, '--threads', '1');
  });

  test('its summary says what it was: simulated, its scenario, seed and terrain', () => {
    assert.equal(first.simulated, true);
    assert.ok(Math.abs(first.duration_s - seconds) < 0.1, String(first.duration_s));
    assert.ok(first.scenario.length > 0 && first.terrain.length > 0);
    assert.equal(typeof first.seed, 'number');
    for (const accord of first.law) assert.ok(accord.id && accord.state && accord.certainty && accord.parties.length >= 2);
  });

  test('every state has tracks, and at least its own in the joint picture', () => {
    assert.equal(Object.keys(first.nodes).length, 6);
    for (const [state, node] of Object.entries(first.nodes)) {
      assert.match(node.digest, /^[0-9a-f]{32,}$/, state);
      assert.ok(node.joint_tracks >= 0 && node.local_tracks >= 0, state);
    }
    assert.ok(Object.values(first.nodes).some((node) => node.local_tracks > 0));
    assert.ok(Object.values(first.nodes).some((node) => node.joint_tracks > node.local_tracks), 'nobody gains anything');
  });

  test('two threads, and a second run, give the same digests', async () => {
    assert.deepEqual(digests(await demonstration(seconds, '--threads', '2')), digests(first));
  });

  test('another seed gives others', async () => {
    const other = digests(await demonstration(seconds, '--seed', String(first.seed + 1)));
    for (const [state, digest] of Object.entries(digests(first))) assert.notEqual(other[state], digest, state);
  });

  test('what each state recorded replays to its digest', async (t) => {
    const out = folder(t);
    const summary = await demonstration(seconds, '--record', out);
    assert.deepEqual(digests(summary), digests(first), 'recording changed something');
    const logs = readdirSync(out).filter((name) => name.endsWith('.asmanlog'));
    assert.equal(logs.length, 6);
    for (const [state, node] of Object.entries(summary.nodes)) {
      const { code, out: text, err } = await run(['replay', '--json', '--expect', node.digest, join(out, `${state}.asmanlog`)]);
      assert.equal(code, 0, `${state}: ${err}`);
      assert.equal(JSON.parse(text).digest, node.digest);
    }
  });
});

describe('a recorded log that is not what it was', () => {
  let state, log;
  before(async (t) => {
    const out = folder({ after: (f) => process.once('exit', f) });
    const summary = await demonstration(10, '--record', out);
    state = { name: Object.keys(summary.nodes)[0], digest: Object.values(summary.nodes)[0].digest };
    log = join(out, `${state.name}.asmanlog`);
  });

  test('a changed byte is found, with file and place', async (t) => {
    const bytes = readFileSync(log);
    const at = Math.floor(bytes.length * 0.6);
    bytes[at] ^= 0x40;
    const changed = join(folder(t), 'changed.asmanlog');
    writeFileSync(changed, bytes);
    const { code, out, err } = await run(['replay', changed]);
    assert.equal(code, 1);
    assert.equal(out, '');
    assert.match(err, /changed\.asmanlog.*\d+/);
  });

  test('a log that was cut off replays as far as it goes, and says so', async (t) => {
    const cut = join(folder(t), 'cut.asmanlog');
    writeFileSync(cut, readFileSync(log));
    truncateSync(cut, readFileSync(log).length - 7);
    const { code, out, err } = await run(['replay', '--json', cut]);
    assert.equal(code, 0, err);
    assert.ok(JSON.parse(out).unfinished_at > 0);
  });

  test('another digest than the expected one fails', async () => {
    const { code, err } = await run(['replay', '--expect', '0'.repeat(state.digest.length), log]);
    assert.equal(code, 1);
    assert.match(err, /digest/);
  });
});

describe('the demonstration with its display', () => {
  test('prints its address, answers there, refuses a foreign Host, and Ctrl-C ends it well', async () => {
    const { child, done, text } = start(['demo', '--port', '0', '--speed', '10']);
    let address;
    for (let i = 0; !address && i < 600; i++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      address = /http:\/\/localhost:(\d+)/.exec(text().out + text().err);
      if (child.exitCode !== null) break;
    }
    assert.ok(address, `no address in: ${text().out}${text().err}`);
    const page = await fetch(`http://127.0.0.1:${address[1]}/`, { headers: { Host: `localhost:${address[1]}` } });
    assert.ok([200, 404].includes(page.status), String(page.status)); // 404 where the display is not built
    const foreign = await new Promise((resolve, reject) => {
      import('node:http').then(({ get }) =>
        get({ port: address[1], host: '127.0.0.1', path: '/', headers: { Host: 'evil.example' } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        }).on('error', reject),
      );
    });
    assert.ok(foreign >= 400 && foreign < 500, String(foreign));
    child.kill('SIGINT');
    const { code, signal } = await done;
    assert.deepEqual({ code, signal }, { code: 0, signal: null });
  });

  test('Ctrl-C during a headless run still writes the summary', async (t) => {
    const json = join(folder(t), 'out.json');
    const out = folder(t);
    const { child, done, text } = start(['demo', '--headless', '--speed', '20', '--json', json, '--record', out]);
    // It runs once a log keeps growing: while it still loads each gets its head and its beginning, with the borders.
    const grown = new Map(), before = new Map();
    while (child.exitCode === null && Math.max(0, ...grown.values()) < 4) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      for (const name of readdirSync(out)) {
        const { size } = statSync(join(out, name));
        if (size > (before.get(name) ?? Infinity)) grown.set(name, (grown.get(name) ?? 0) + 1);
        before.set(name, size);
      }
    }
    assert.equal(child.exitCode, null, text().err);
    child.kill('SIGINT');
    assert.equal((await done).code, 0);
    assert.ok(existsSync(json));
    assert.ok(JSON.parse(readFileSync(json, 'utf8')).duration_s > 0);
  });
});
