// The installed program, in a folder that knows nothing of where it was built.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { folder, root } from './program.mjs';

const call = promisify(execFile);

test('cmake --install gives a program that runs with its own data', async (t) => {
  const prefix = folder(t);
  await call('cmake', ['--install', join(root, 'build', 'release'), '--component', 'program', '--prefix', prefix]);
  const share = join(prefix, 'share');
  for (const file of ['asman/accords/law.toml', 'asman/scenarios/central-asia.toml', 'asman/borders.geojson', 'asman/site/index.html',
    'man/man1/asman.1', 'bash-completion/completions/asman', 'zsh/site-functions/_asman', 'fish/vendor_completions.d/asman.fish'])
    assert.ok(existsSync(join(share, file)), file);
  assert.match(readFileSync(join(share, 'man/man1/asman.1'), 'utf8'), /^\.TH ASMAN 1/);
  const asman = join(prefix, 'bin', 'asman');
  const status = async () => (await call(asman, ['accord', 'status', '--at', '2024-01-01', '--json'], { cwd: prefix })).stdout;
  assert.match(await status(), /RUS-KGZ-2022/);
  // Its law is the one beside it, not that of the folder in which it was built.
  for (const part of ['', 'acts/']) unlinkSync(join(share, 'asman', 'accords', part + 'RUS-KGZ-2022.toml'));
  assert.doesNotMatch(await status(), /RUS-KGZ-2022/);
  const run = await call(asman, ['demo', '--headless', '--for', '5', '--speed', 'max', '--json', '-'], { cwd: prefix });
  assert.equal(Object.keys(JSON.parse(run.stdout).nodes).length, 6);
});
