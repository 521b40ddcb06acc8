// The ASTERIX tools as a script sees them: there and back, relayed, counted, compared, recorded and live.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { asman, folder, run, shared, start, without } from './program.mjs';

const block = (category, ...records) => {
  const payload = records.flat();
  return Buffer.from([category, (payload.length + 3) >> 8, (payload.length + 3) & 255, ...payload]);
};
/** Category 048: a target report of 90/`sic`, so many seconds after midnight, at 100 NM, 90°. */
const plot = (sic, seconds) => {
  const t = seconds * 128;
  return [0xf0, 0x5a, sic, (t >> 16) & 255, (t >> 8) & 255, t & 255, 0xa0, 0x64, 0x00, 0x40, 0x00];
};
/** Category 062: a track of 91/1 at a latitude and longitude. */
const track = (latitude, longitude) => {
  const angle = (v) => {
    const raw = Math.round((v * 2 ** 25) / 180);
    return [(raw >> 24) & 255, (raw >> 16) & 255, (raw >> 8) & 255, raw & 255];
  };
  return [0x98, 0x5b, 1, 0x2a, 0x30, 0x00, ...angle(latitude), ...angle(longitude)];
};
function file(t, bytes, name = 'made.raw') {
  const path = join(folder(t), name);
  writeFileSync(path, bytes);
  return path;
}
const lines = (out) => (out === '' ? [] : out.trimEnd().split('\n').map((line) => JSON.parse(line)));
async function ok(args) {
  const done = await run(args);
  assert.equal(done.code, 0, `${args.join(' ')}: ${done.err}`);
  return done;
}
/** A port that nobody had a moment ago. */
const freePort = () =>
  new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
/** Until the program says on standard error what it waits for. */
async function says(started, pattern) {
  for (let i = 0; i < 600; ++i) {
    if (pattern.test(started.text().err)) return;
    await new Promise((r) => setTimeout(r, 50));
  }
  assert.fail(`it never said ${pattern}: ${started.text().err}`);
}

test('decode and encode give the same bytes, blocks without a table too', async (t) => {
  const bytes = Buffer.concat([block(48, plot(1, 21600), plot(2, 21601)), block(253, [1, 2, 3, 4, 5]), block(62, track(40, 70))]);
  const path = file(t, bytes);
  const { out, err } = await ok(['decode', '--opaque', path]);
  const records = lines(out);
  assert.deepEqual(records.map((r) => r.category), [48, 48, 253, 62]);
  assert.equal(records[2].bytes, '0102030405');
  assert.match(err, /253/);
  const back = join(folder(t), 'back.raw');
  await ok(['encode', file(t, out, 'lines.ndjson'), '-o', back]);
  const blocks = (b) => lines(b.out).map(({ offset, datagram, ...rest }) => rest);
  assert.deepEqual(blocks(await ok(['decode', '--opaque', back])), blocks({ out }));
  await ok(['asterix', 'diff', path, back]);
});

test('a line that cannot be encoded is named with its reason', async (t) => {
  const bad = '{"category":48,"items":{"010":{"SAC":1,"SIC":2}}}\n{"category":48,"items":{"010":{"SAC":999,"SIC":2}}}\n';
  const { code, err } = await run(['encode', file(t, bad, 'bad.ndjson'), '-o', join(folder(t), 'out.raw')]);
  assert.equal(code, 1);
  assert.match(err, /2/);
  assert.match(err, /SAC/);
});

test('the schema of a category accepts what decode writes', async (t) => {
  const [line] = lines((await ok(['decode', file(t, block(48, plot(1, 21600)))])).out);
  const schema = JSON.parse((await ok(['spec', 'schema', '048', line.edition])).out);
  assert.equal(schema.properties.category.const, 48);
  for (const item of Object.keys(line.items)) assert.ok(schema.properties.items.properties[item], item);
  const list = lines((await ok(['spec', 'list', '--json'])).out);
  assert.ok(list.some((e) => e.category === 48 && e.edition === line.edition && e.oracle));
});

test('filter keeps the bytes of the sources, categories and area asked for', async (t) => {
  const inside = track(40, 70), outside = track(10, 10);
  const path = file(t, Buffer.concat([block(48, plot(1, 1), plot(2, 2)), block(62, inside, outside)]));
  const out = join(folder(t), 'out.raw');
  await ok(['filter', path, '--sac-sic', '90/2', '-o', out]);
  assert.deepEqual(readFileSync(out), block(48, plot(2, 2)));
  await ok(['filter', path, '--category', '48', '-o', out]);
  assert.deepEqual(readFileSync(out), block(48, plot(1, 1), plot(2, 2)));
  await ok(['filter', path, '--area', '39,69,43,80', '-o', out]);
  assert.deepEqual(readFileSync(out), block(62, inside));
  // 100 NM east of 40 N 68 E is at 70.2 E.
  await ok(['filter', path, '--area', '39,69,43,80', '--site', '90/1=40,68', '-o', out]);
  assert.deepEqual(readFileSync(out), Buffer.concat([block(48, plot(1, 1)), block(62, inside)]));
});

test('filter sends, decode listens: over UDP, datagram by datagram', async (t) => {
  const bytes = Buffer.concat([block(48, plot(1, 1)), block(48, plot(2, 2)), block(48, plot(3, 3))]);
  const port = await freePort();
  const listening = start(['decode', `udp://127.0.0.1:${port}`, '--seconds', '20']);
  await says(listening, /listening/);
  await ok(['filter', file(t, bytes), '--category', '48', '--to', `udp://127.0.0.1:${port}`]);
  for (let i = 0; i < 300 && lines(listening.text().out.replace(/[^\n]*$/, '')).length < 3; ++i)
    await new Promise((r) => setTimeout(r, 50));
  listening.child.kill('SIGINT');
  const { code, out, err } = await listening.done;
  assert.equal(code, 0, err);
  assert.deepEqual(lines(out).map((r) => r.items['010'].SIC), [1, 2, 3]);
});

test('a stream over TCP is cut into its blocks however it arrives', async () => {
  const bytes = Buffer.concat([block(48, plot(1, 1)), block(48, plot(2, 2))]);
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    for (const [i, octet] of [...bytes].entries()) setTimeout(() => socket.write(Buffer.from([octet])), i);
    setTimeout(() => socket.end(), 500);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { code, out, err } = await run(['decode', `tcp://127.0.0.1:${server.address().port}`, '--seconds', '3']);
  server.close();
  assert.equal(code, 0, err);
  assert.deepEqual(lines(out).slice(0, 2).map((r) => r.items['010'].SIC), [1, 2]);
});

test('stat counts by source, and names gaps and jumps of time', async (t) => {
  const times = [10, 11, 12, 60, 61, 30, 31]; // a gap of 48 s, and a jump back
  const path = file(t, Buffer.concat([...times.map((s) => block(48, plot(1, s))), block(48, plot(2, 10)), block(253, [1])]));
  const rows = lines((await ok(['asterix', 'stat', '--json', path])).out);
  const of = (sic) => rows.find((r) => r.source === `90/${sic}`);
  assert.equal(of(1).records, 7);
  assert.equal(of(1).gaps, 1);
  assert.equal(of(1).time_jumps, 1);
  assert.equal(of(2).records, 1);
  assert.ok(rows.some((r) => r.category === 253), 'what has no table is counted');
});

test('records that come late are no jump of time, nor do they lengthen the recording', async (t) => {
  const times = [100, 103, 101, 104, 102.5, 105, 110];
  const path = file(t, Buffer.concat(times.map((s) => block(48, plot(1, s)))));
  const [row] = lines((await ok(['asterix', 'stat', '--json', path])).out);
  assert.equal(row.span_s, 10);
  assert.equal(row.late, 2);
  assert.equal(row.time_jumps, 0);
});

test('what can be read only once is read whole: standard input, a pipe of more than what is looked ahead', async (t) => {
  const one = block(48, plot(1, 21600), plot(2, 21601));
  const path = file(t, Buffer.concat(Array.from({ length: 60000 }, () => one)));
  const count = await new Promise((resolve) =>
    execFile('bash', ['-c', '"$0" decode --count - < <(cat "$1"); cat "$1" | "$0" decode --count /dev/stdin', asman, path], (_, out) => resolve(out)));
  assert.equal(count, '048 120000\n048 120000\n');
  const piped = await new Promise((resolve) =>
    execFile('bash', ['-c', '"$0" filter "$1" --category 48 -o - | "$0" decode - | "$0" encode - -o - | cmp - "$1" && echo same', asman, path],
      (_, out) => resolve(out)));
  assert.equal(piped, 'same\n');
});

test('an option takes one value, and leaves the file alone', async (t) => {
  const path = file(t, block(48, plot(1, 1)));
  assert.equal(lines((await ok(['decode', '--edition', '048=1.31', path])).out)[0].edition, '1.31');
  assert.equal((await ok(['decode', '--edition', '048=1.31', '--edition', '062=1.18', '--count', path])).out, '048 1\n');
  const out = join(folder(t), 'out.raw');
  await ok(['filter', '--category', '48,34', '--sac-sic', '90/1', path, '-o', out]);
  assert.deepEqual(readFileSync(out), readFileSync(path));
  const wrong = await run(['decode', '--edition', '048=9.9', path]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /048=9\.9.*1\.31/, 'what there is');
});

test('a recording of which nothing can be read is a failure that says where', async (t) => {
  const { code, err } = await run(['decode', '--framing', 'pcap', file(t, block(48, plot(1, 1)))]);
  assert.equal(code, 1);
  assert.match(err, /no frame, the first at/);
  assert.equal((await run(['decode', folder(t)])).code, 1);
});

test('a block that no edition reads is named with its place and reason', async (t) => {
  const bytes = Buffer.concat([block(62, track(40, 70)), Buffer.from([48, 0, 8, 0x80, 90, 1, 0x40, 0])]);
  const { err } = await run(['decode', file(t, bytes)]);
  assert.match(err, /category 048 of 90\/1: no edition reads it .*datagram 1, offset 7, category 048 item 140: the item runs past/);
});

test('an input is not written over', async (t) => {
  const path = file(t, block(48, plot(1, 1)));
  const { code, err } = await run(['filter', path, '--category', '62', '-o', path]);
  assert.equal(code, 1);
  assert.match(err, /is the input too/);
  assert.deepEqual(readFileSync(path), block(48, plot(1, 1)));
});

test('diff goes on past what one side has more', async (t) => {
  const a = file(t, Buffer.concat([1, 2, 3, 4].map((s) => block(48, plot(1, s)))), 'a.raw');
  const b = file(t, Buffer.concat([1, 3, 4].map((s) => block(48, plot(1, s)))), 'b.raw');
  const { code, out } = await run(['asterix', 'diff', a, b]);
  assert.equal(code, 1);
  assert.equal(out.split('\n').filter((l) => /^[-+]/.test(l)).length, 1, out);
  assert.equal((await run(['asterix', 'diff', a, a])).code, 0);
});

test('an edition that the data refute is not decoded', { skip: without('asterix/jasterix_tests') }, async () => {
  const path = join(shared, 'asterix', 'jasterix_tests', 'cat021ed0.26.bin');
  const told = await run(['decode', '--edition', '021=2.6', path]);
  assert.equal(told.code, 1);
  assert.equal(told.out, '');
  assert.match(told.err, /2\.6 does not fit/);
  const found = await ok(['decode', '--edition', 'auto', path]);
  assert.deepEqual(lines(found.out).map((r) => r.edition), ['0.26']);
  const insisted = await run(['decode', '--edition', '021=2.6', '--insist', path]);
  assert.equal(lines(insisted.out).length, 2);
});

/** What `decode` makes of datagrams that come from a real socket, one after the other. */
async function live(t, datagrams, ...options) {
  const port = await freePort();
  const listening = start(['decode', `udp://127.0.0.1:${port}`, '--seconds', '30', ...options]);
  await says(listening, /listening/);
  const socket = createSocket('udp4');
  t.after(() => socket.close());
  for (const bytes of datagrams) {
    await new Promise((resolve, reject) => socket.send(bytes, port, '127.0.0.1', (e) => (e ? reject(e) : resolve())));
    await new Promise((r) => setTimeout(r, 5));
  }
  // The last is of a category without a table: it comes out behind all that was decided before.
  await new Promise((resolve) => socket.send(block(253, [1, 2]), port, '127.0.0.1', resolve));
  await new Promise((r) => setTimeout(r, 500));
  listening.child.kill('SIGINT');
  return listening.done;
}
/** A report of ADS-B of 41/`sic` as edition 0.26 of category 021 lays it out. */
async function oldReport(t, sic) {
  const items = { '010': { SAC: 41, SIC: sic }, '040': { ATP: 1, ARC: 1 }, '030': 43200, 130: { LAT: 43.5, LON: 74.5 }, '080': 0x600001, 145: 350 };
  const to = join(folder(t), 'old.raw');
  await ok(['encode', file(t, JSON.stringify({ category: 21, edition: '0.26', items }), 'old.ndjson'), '-o', to]);
  return readFileSync(to);
}

test('the edition of a live feed is found out from its first records, source by source, and said once', async (t) => {
  const old = await oldReport(t, 7);
  const sent = [old, block(48, plot(1, 1)), old, old, block(48, plot(1, 2)), old, old];
  const { code, out, err } = await live(t, sent, '--edition', 'auto');
  assert.equal(code, 0, err);
  assert.deepEqual(lines(out).filter((r) => r.category === 21).map((r) => r.edition), Array(5).fill('0.26'));
  assert.equal(lines(out).filter((r) => r.category === 48).length, 2);
  assert.equal(err.match(/category 021 of 41\/7: edition 0\.26 \(certainty 0\.\d\d/g)?.length, 1, err);
  assert.match(err, /category 048 of 90\/1: edition/);
  // The same datagrams in a file are the same records.
  const path = file(t, Buffer.concat(sent));
  const records = (text) => lines(text).map((r) => JSON.stringify([r.category, r.edition, r.items])).sort();
  assert.deepEqual(records(out), records((await ok(['decode', path])).out));
});

test('an edition that a live feed refutes is not decoded', async (t) => {
  const old = await oldReport(t, 7);
  const told = await live(t, [old, old, old, old], '--edition', '021=2.6');
  assert.equal(told.code, 1);
  assert.equal(told.out, '');
  assert.equal(told.err.match(/edition 2\.6 does not fit/g)?.length, 1, told.err);
  const insisted = await live(t, [old, old, old, old], '--edition', '021=2.6', '--insist');
  assert.equal(insisted.code, 0, insisted.err);
  assert.ok(lines(insisted.out).length > 0);
});

test('cat021ed0.26.bin from a socket is no two records', { skip: without('asterix/jasterix_tests') }, async (t) => {
  const bytes = readFileSync(join(shared, 'asterix', 'jasterix_tests', 'cat021ed0.26.bin'));
  assert.deepEqual(lines((await live(t, [bytes])).out).map((r) => r.edition), ['0.26']);
  const told = await live(t, [bytes], '--edition', '021=2.6');
  assert.equal(told.out, '');
  assert.match(told.err, /2\.6 does not fit/);
});

test('a node judges its live feeds, tells of it once, and its log replays to the same', async (t) => {
  const lab = folder(t), port = await freePort(), second = await freePort();
  const feed = (name, at, more = '') => `\n[[feed]]\nname = "${name}"\nudp = "127.0.0.1:${at}"\n${more}`;
  writeFileSync(join(lab, 'node.toml'), `format = 1\nstate = "KGZ"\nmode = "live"\nrecord = "run.asmanlog"\n` +
    feed('judged', port) + feed('told', second, '[feed.editions]\n"021" = "2.6"\n'));
  const summary = join(lab, 'summary.json');
  const node = start(['node', '--config', join(lab, 'node.toml'), '--port', '0', '--json', summary]);
  const old = await oldReport(t, 7);
  const socket = createSocket('udp4');
  t.after(() => socket.close());
  // It does not say when it listens: what comes too early is lost, and sent again.
  for (let i = 0; i < 200 && !/told: .*2\.6/.test(node.text().err); ++i) {
    for (const to of [port, second]) socket.send(old, to, '127.0.0.1');
    await new Promise((r) => setTimeout(r, 50));
  }
  const [display] = /http:\/\/\S+/.exec(node.text().out);
  let status = [];
  for (let i = 0; i < 100 && status.length < 2; ++i) {
    await new Promise((r) => setTimeout(r, 100));
    const answer = await fetch(`${display}/api/status`);
    status = answer.status === 200 ? ((await answer.json()).editions ?? []) : [];
  }
  assert.deepEqual(status.map((e) => [e.feed, e.edition]), [['judged', '0.26'], ['told', null]]);
  node.child.kill('SIGINT');
  const { code, err } = await node.done;
  assert.equal(code, 0, err);
  assert.equal(err.match(/input\.edition: judged: category 021 of 41\/7: edition 0\.26 \(certainty/g)?.length, 1, err);
  assert.equal(err.match(/input\.edition_odd: told: .*edition 2\.6 does not fit .*; not decoded/g)?.length, 1, err);
  const { editions, digest, counters } = JSON.parse(readFileSync(summary, 'utf8')).nodes.KGZ;
  assert.deepEqual(editions.map((e) => [e.feed, e.source, e.edition, e.odd]), [['judged', '41/7', '0.26', false], ['told', '41/7', null, true]]);
  assert.ok(editions[0].certainty > 0.5 && editions[0].records === 3);
  assert.equal(counters.editions_refuted, 1);
  assert.equal(counters.datagrams_waiting_for_edition, 0);
  const replay = await run(['replay', join(lab, 'run.asmanlog'), '--expect', digest]);
  assert.equal(replay.code, 0, replay.err);
});

test('a stream of any length is decoded in 20 MB, without the libraries of other commands', { skip: existsSync('/proc/self/maps') ? false : 'no /proc' }, async () => {
  const piece = Buffer.concat(Array.from({ length: 20_000 }, (_, i) => block(48, plot(1, i), plot(2, i))));
  const program = spawn(asman, ['decode', '-'], { stdio: ['pipe', 'pipe', 'inherit'] });
  let octets = 0, lines = 0, ended = false;
  program.stdout.on('data', (data) => {
    octets += data.length;
    for (const byte of data) lines += byte === 10;
  });
  const done = new Promise((resolve) => program.once('close', (code) => resolve((ended = true, code))));
  const pieces = 30;
  for (let i = 0; i < pieces; ++i)
    if (!program.stdin.write(piece)) await new Promise((resolve) => program.stdin.once('drain', resolve));
  // It has read nearly all of it, and is still there to be asked.
  for (let i = 0; i < 600 && !ended && lines < 39_000 * pieces; ++i) await new Promise((r) => setTimeout(r, 50));
  const resident = Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${program.pid}/status`, 'utf8'))[1]);
  const maps = readFileSync(`/proc/${program.pid}/maps`, 'utf8');
  program.stdin.end();
  assert.equal(await done, 0);
  assert.equal(lines, 40_000 * pieces);
  assert.ok(octets > 100e6);
  assert.doesNotMatch(maps, /libgdal/);
  assert.ok(resident < 20_000, `${resident} kB resident`);
});
