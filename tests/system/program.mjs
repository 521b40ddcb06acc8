// The built program as a process, for the tests beside this file. ASMAN=PATH tests another build.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const asman = process.env.ASMAN ?? join(root, 'build', 'release', 'asman');
export const shared = join(root, '..', 'shared', 'data');

/** Why a test on shared data is skipped, or false; with ASMAN_REQUIRE_DATA=1 it runs, and fails, without. */
export const without = (path) =>
  existsSync(join(shared, path)) || process.env.ASMAN_REQUIRE_DATA === '1' ? false : `no ../shared/data/${path}`;

/** A folder that is gone after the test. */
export function folder(t) {
  const path = mkdtempSync(join(tmpdir(), 'asman-test-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Starts the program: {child, done}; `done` resolves to {code, signal, out, err} and never rejects. */
export function start(args, { cwd = root, timeout = 180_000, env = {} } = {}) {
  const child = spawn(asman, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const parts = { out: [], err: [] };
  child.stdout.on('data', (data) => parts.out.push(data));
  child.stderr.on('data', (data) => parts.err.push(data));
  const late = setTimeout(() => child.kill('SIGKILL'), timeout);
  const text = () => ({ out: Buffer.concat(parts.out).toString(), err: Buffer.concat(parts.err).toString() });
  const done = new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, out: '', err: String(error) }));
    child.once('close', (code, signal) => {
      clearTimeout(late);
      resolve({ code, signal, ...text() });
    });
  });
  return { child, done, text };
}

export const run = (args, options) => start(args, options).done;

/** The summary of a headless demonstration of `seconds` of data. */
export async function demonstration(seconds, ...options) {
  const { code, out, err } = await run(['demo', '--headless', '--for', String(seconds), '--speed', 'max', '--json', '-', ...options]);
  if (code !== 0) throw new Error(`asman demo ended with ${code}: ${err}`);
  return JSON.parse(out);
}

/** {state: digest of its track output} of a summary. */
export const digests = (summary) => Object.fromEntries(Object.entries(summary.nodes).map(([state, node]) => [state, node.digest]));
