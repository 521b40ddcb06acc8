// Two nodes as processes of their own, a real nats-server between them, and sensors that send in real time.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { appendFileSync, existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { folder, run, start } from './program.mjs';

const server = '/usr/sbin/nats-server';

/** A TCP port that nobody has now. */
async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** What a node sends to an output that is added to its configuration; its bytes so far. */
async function output(lab, state) {
  const socket = createSocket('udp4');
  const datagrams = [];
  socket.on('message', (bytes) => datagrams.push(bytes));
  await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
  appendFileSync(join(lab, state, 'node.toml'), `\n[[output]]\nudp = "127.0.0.1:${socket.address().port}"\nsac = 90\nsic = 100\n`);
  return { datagrams, close: () => socket.close() };
}

/** Runs a node until `seconds` have passed; its summary. */
async function node(lab, state, seconds) {
  const summary = join(lab, `${state}.json`);
  const program = start(['node', '--config', join(lab, state, 'node.toml'), '--headless', '--json', summary]);
  await sleep(seconds * 1000);
  program.child.kill('SIGINT');
  const { code, err } = await program.done;
  assert.equal(code, 0, err);
  return { err, ...JSON.parse(readFileSync(summary, 'utf8')).nodes[state] };
}

test('two nodes exchange over NATS what the law allows, across a restart', { skip: existsSync(server) ? false : 'no nats-server' }, async (t) => {
  const lab = join(folder(t), 'lab');
  const made = await run(['lab', 'make', lab, '--nats-port', String(await freePort()), '--feed-port', String(40_000 + (process.pid % 20_000))]);
  assert.equal(made.code, 0, made.err);
  assert.match(made.out, /6 nodes/);
  for (const secret of ['KGZ/node.key', 'KGZ/exchange.password', 'nats-server.conf'])
    assert.equal(statSync(join(lab, secret)).mode & 0o077, 0, `${secret} is its owner's alone`);

  const tracks = await output(lab, 'KGZ');
  const nats = spawn(server, ['-c', join(lab, 'nats-server.conf')], { stdio: 'ignore' });
  const feed = start(['lab', 'feed', lab, '--for', '100']);
  t.after(() => {
    nats.kill();
    feed.child.kill();
    tracks.close();
  });
  const russia = node(lab, 'RUS', 55);
  const kyrgyzstan = await node(lab, 'KGZ', 30);
  assert.ok(kyrgyzstan.local_tracks > 0, 'its own sensors');
  assert.ok(kyrgyzstan.joint_tracks > kyrgyzstan.local_tracks, 'and what Russia released');
  assert.ok(kyrgyzstan.counters.contributions_received > 0);
  assert.equal(kyrgyzstan.counters.contributions_refused, 0, kyrgyzstan.err);
  assert.equal(kyrgyzstan.partners.RUS.linked, true);
  assert.doesNotMatch(kyrgyzstan.err, /refused/);

  // The joint picture as 062: tracks that Russia released are named under Russia's unit, as the scenario has agreed.
  const captured = join(lab, 'tracks.raw');
  writeFileSync(captured, Buffer.concat(tracks.datagrams));
  const decoded = await run(['decode', '--edition', '062=1.19', captured]);
  assert.equal(decoded.code, 0, decoded.err);
  const records = decoded.out.trimEnd().split('\n').map((line) => JSON.parse(line));
  const composed = records.filter((r) => r.category === 62 && r.items['510']);
  const russia_unit = 10, own_unit = 60;
  assert.ok(composed.length > 0);
  for (const { items } of composed) {
    assert.deepEqual(items['010'], { SAC: 90, SIC: 100 });
    assert.equal(items['510'][0].IDENT, own_unit, 'first its own number');
    assert.equal(items['510'][0].TRACK, items['040'] & 0x7fff);
  }
  const units = new Set(composed.flatMap((r) => r.items['510'].map((u) => u.IDENT)));
  assert.deepEqual([...units].sort(), [russia_unit, own_unit], 'no other node runs');
  assert.ok(records.some((r) => r.category === 65 && r.items['000'] === 2), 'end of batch');

  // The second run goes on counting: Russia takes what it sends, and nothing is taken twice.
  const again = await node(lab, 'KGZ', 15);
  assert.ok(again.counters.contributions_received > 0);
  const summary = await russia;
  assert.doesNotMatch(summary.err, /number already taken/);
  assert.ok(summary.counters.contributions_received > 0, 'Kyrgyz tracks in Russia');
  assert.equal(summary.counters.contributions_refused, 0, summary.err);

  // What came over the network is in the log, and the log replays to the same picture.
  const logs = readdirSync(join(lab, 'KGZ', 'recordings'));
  assert.equal(logs.length, 2, 'each run has its own');
  const [log] = readdirSync(join(lab, 'RUS', 'recordings'));
  const replay = await run(['replay', join(lab, 'RUS', 'recordings', log), '--expect', summary.digest]);
  assert.equal(replay.code, 0, replay.err);
});

test('a lab is made in a new folder only', async (t) => {
  const { code, err } = await run(['lab', 'make', join(folder(t), '..')]);
  assert.equal(code, 1);
  assert.match(err, /exists and is not empty/);
});
