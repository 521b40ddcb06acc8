// The counter behind ./test: it must see every failure, also of an executable that died before it could report.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { junitCases } from './count-tests.mjs';

const counter = join(dirname(fileURLToPath(import.meta.url)), 'count-tests.mjs');
const googletest = `<testsuites tests="4"><testsuite name="Region">
  <testcase name="Holds" status="run" result="completed" time="0.001" classname="Region" />
  <testcase name="NeedsData" status="run" result="skipped" classname="Region"><skipped message="no data"/></testcase>
  <testcase name="Breaks&gt;" status="run" result="completed" classname="Region"><failure message="a &lt; b"></failure></testcase>
  <testcase name="DISABLED_Old" status="notrun" result="suppressed" classname="Region" />
</testsuite></testsuites>`;
const nodetest = `<testsuites><testsuite name="group"><testcase name="a" time="1"/><testcase name="b"><skipped type="skipped"/></testcase>
  <testcase name="c"><failure type="x">text with &lt;skipped</failure></testcase></testsuite></testsuites>`;

function count(t, files, ...flags) {
  const folder = mkdtempSync(join(tmpdir(), 'asman-count-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { status, stdout } = spawnSync(process.execPath, [counter, folder, ...flags], { encoding: 'utf8' });
  return { status, text: stdout, last: stdout.trimEnd().split('\n').at(-1) };
}

test('states of GoogleTest and node:test', () => {
  assert.deepEqual(junitCases(googletest).map((c) => c.state), ['passed', 'skipped', 'failed', 'skipped']);
  assert.deepEqual(junitCases(nodetest).map((c) => c.state), ['passed', 'skipped', 'failed']);
  assert.deepEqual(junitCases(googletest)[0].name, 'Region.Holds');
});

test('counts over all runners, and fails with a failure', (t) => {
  const { status, last, text } = count(t, { 'unit-release/test_geo.xml': googletest, 'tools.xml': nodetest, 'cases.txt': 'passed\tset-up\n' });
  assert.equal(last, '3 passed, 2 failed, 3 skipped');
  assert.equal(status, 1);
  assert.match(text, /FAILED {3}unit-release\/test_geo: Region\.Breaks/);
});

test('an executable that crashed is a failure, one that reported its failure is not counted twice', (t) => {
  const ctest = `<testsuite><testcase name="geo" classname="geo" status="fail"><failure message=""/></testcase>
    <testcase name="base" classname="base" status="fail"><failure message="SEGFAULT"/></testcase>
    <testcase name="wire" classname="wire" status="run"><system-out>&lt;failure</system-out></testcase></testsuite>`;
  const { status, last, text } = count(t, { 'unit-asan/test_geo.xml': googletest, 'unit-asan/ctest.junit': ctest });
  assert.equal(last, '1 passed, 2 failed, 2 skipped');
  assert.equal(status, 1);
  assert.match(text, /test_base \(crashed or did not run\)/);
});

test('a skip fails only where data are required', (t) => {
  const files = { 'cases.txt': 'passed\ta\nskipped\tb\n', 'times.txt': 'release build\t500\t480\n' };
  const plain = count(t, files);
  assert.equal(plain.status, 0);
  assert.equal(plain.last, '1 passed, 0 failed, 1 skipped');
  assert.match(plain.text, /release build +500 +480 +over/);
  const strict = count(t, files, '--no-skip');
  assert.equal(strict.status, 1);
  assert.equal(strict.last, '1 passed, 1 failed, 0 skipped');
});

test('a suite that broke without a failed case fails, and so does an empty run', (t) => {
  assert.equal(count(t, { 'cases.txt': 'passed\ta\n', 'broken.txt': 'fast suite\n' }).last, '1 passed, 1 failed, 0 skipped');
  assert.equal(count(t, { 'cases.txt': '' }).status, 1);
});
