// asman decode as a script sees it: records as NDJSON and nothing else on standard output, whatever the bytes are.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, run, shared, without } from './program.mjs';

/** A data block of category 048: one target report of 90/1 at 06:00:00, 100 NM, 90°. */
const block = (sic = 1) => {
  const record = [0xf0, 0x5a, sic, 0x2a, 0x30, 0x00, 0xa0, 0x64, 0x00, 0x40, 0x00];
  return Buffer.from([48, 0, 3 + record.length, ...record]);
};
function file(t, bytes, name = 'made.ast') {
  const path = join(folder(t), name);
  writeFileSync(path, bytes);
  return path;
}
/** Each line of standard output as JSON; anything else there is an error. */
const lines = (out) => (out === '' ? [] : out.replace(/\n$/, '').split('\n').map((line) => JSON.parse(line)));

test('a record a line, with what the wire said', async (t) => {
  const { code, out, err } = await run(['decode', file(t, Buffer.concat([block(1), block(2), block(3)]))]);
  assert.equal(code, 0, err);
  const records = lines(out);
  assert.equal(records.length, 3);
  assert.ok(out.endsWith('\n'));
  for (const [i, record] of records.entries()) {
    const text = JSON.stringify(record);
    assert.match(text, /48/);
    assert.match(text, new RegExp(`\\b${i + 1}\\b`));
    assert.match(text, /21600/, 'time of day, seconds');
  }
});

test('a damaged block in the middle loses itself alone, and is reported with its offset', async (t) => {
  const damaged = block(2);
  damaged[3] = 0xff; // a field specification that promises more than is there
  const bytes = Buffer.concat([block(1), damaged, block(3)]);
  const { signal, out, err } = await run(['decode', file(t, bytes)]);
  assert.equal(signal, null);
  assert.equal(lines(out).filter((r) => JSON.stringify(r).includes('21600')).length >= 2, true, out);
  assert.notEqual(err, '');
});

test('no bytes make it abort: noise, lengths that lie, a cut file, an empty one', async (t) => {
  let seed = 12345;
  const random = () => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 16;
  const noise = Buffer.from(Array.from({ length: 20000 }, () => random() & 255));
  const samples = [
    Buffer.alloc(0),
    noise,
    Buffer.concat([block(), noise]),
    Buffer.concat([block(), Buffer.from([48, 0xff, 0xff, 0xf0])]),
    Buffer.from([48, 0, 0, 48, 0, 1, 48, 0, 2]),
    Buffer.concat([block(), block().subarray(0, 9)]),
    Buffer.concat([block(), Buffer.from([253, 0, 8, 1, 2, 3, 4, 5]), block()]),
  ];
  for (const [i, bytes] of samples.entries()) {
    const { code, signal, out } = await run(['decode', file(t, bytes, `sample${i}.ast`)]);
    assert.equal(signal, null, `sample ${i}`);
    assert.ok(code === 0 || code === 1, `sample ${i}: ${code}`);
    lines(out);
  }
});

test('a file that is not there is named', async () => {
  const { code, out, err } = await run(['decode', 'nowhere.ast']);
  assert.equal(code, 1);
  assert.equal(out, '');
  assert.match(err, /nowhere\.ast/);
});

test('two decodings of a recording are the same bytes', { skip: without('asterix') }, async () => {
  const path = join(shared, 'asterix', 'cc_cat048.raw');
  const [a, b] = [await run(['decode', path]), await run(['decode', path])];
  assert.equal(a.code, 0, a.err);
  assert.ok(a.out.length > 0);
  assert.equal(a.out, b.out);
});
