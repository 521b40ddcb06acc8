// What a person meets first: help, versions, exit codes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './program.mjs';

/** Names under `Subcommands:` in the help of a command; the examples below them are no names. */
const commands = async (...path) => {
  const { out } = await run([...path, '--help']);
  const list = out.match(/^subcommands:\n((?: .*\n)*)/im)?.[1] ?? '';
  return [...list.matchAll(/^ {2}([a-z][a-z0-9-]*)(?:,\s*[a-z-]+)*\s/gm)].map((m) => m[1]);
};

test('--help lists the subcommands and ends well', async () => {
  const { code, out, err } = await run(['--help']);
  assert.equal(code, 0);
  assert.equal(err, '');
  const found = await commands();
  for (const name of ['demo', 'replay', 'node', 'decode', 'track', 'accord']) assert.ok(found.includes(name), `${name} in: ${out}`);
});

test('every subcommand at every depth explains itself, with examples', async () => {
  const explained = async (path) => {
    const { code, out } = await run([...path, '--help']);
    const name = path.join(' ');
    assert.equal(code, 0, name);
    assert.match(out, /Examples?:/, name);
    assert.match(out, new RegExp(`asman ${name}`), name);
    for (const sub of await commands(...path)) await explained([...path, sub]);
  };
  for (const name of await commands()) await explained([name]);
});

test('--version is a version', async () => {
  const { code, out } = await run(['--version']);
  assert.equal(code, 0);
  assert.match(out, /^\d+\.\d+\.\d+\s*$/);
});

test('a wrong command line ends with 2 and says so on standard error alone', async () => {
  for (const args of [[], ['fly'], ['demo', '--no-such-option'], ['replay'], ['demo', '--threads', '0']]) {
    const { code, out, err } = await run(args);
    assert.equal(code, 2, args.join(' '));
    assert.equal(out, '', args.join(' '));
    assert.notEqual(err, '', args.join(' '));
  }
});
