// tools/check-rooms passes on this tree and fails on each kind of planted breach, naming its place.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const project = join(dirname(fileURLToPath(import.meta.url)), '..');
const check = (folder) => {
  const { status, stdout, stderr } = spawnSync(join(project, 'tools', 'check-rooms'), [folder], { encoding: 'utf8' });
  return { status, text: stdout + stderr };
};

/** A small house with a sound table, in which `plant` then does harm. */
function house(t, plant = () => {}) {
  const folder = mkdtempSync(join(tmpdir(), 'asman-rooms-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const write = (path, text) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write('cmake/rooms.txt', '# the table\nbase:\ngeo:\nasterix:\npicture: geo\nwire: picture\n');
  write('src/base/include/asman/base/result.hpp', '#include <expected>\n');
  write('src/geo/point.cpp', '#include <asman/base/result.hpp>\n#include "detail/inner.hpp"\n');
  write('src/geo/detail/inner.hpp', '#include "../point.hpp"\n');
  write('src/asterix/decode.cpp', '#include <asman/asterix/decode.hpp>\n');
  write('src/picture/track.cpp', '#include <asman/geo/point.hpp>\n');
  write('src/wire/batch.cpp', '#include "asman/v1/batch.pb.h"\n');
  plant(write);
  return check(folder);
}

test('the project as it stands passes', () => {
  const { status, text } = check(project);
  assert.equal(status, 0, text);
});

test('a sound house passes', (t) => {
  const { status, text } = house(t);
  assert.equal(status, 0, text);
  assert.match(text, /7 includes in 5 rooms/);
});

test('a breach planted in a copy of this project is found', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'asman-rooms-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const part of ['src', 'cmake']) cpSync(join(project, part), join(folder, part), { recursive: true });
  appendFileSync(join(folder, 'src/geo/planted.hpp'), '\n#include <asman/core/engine.hpp>\n');
  const { status, text } = check(folder);
  assert.equal(status, 1);
  assert.match(text, /src\/geo\/planted\.hpp:2: geo may not use core/);
});

for (const [what, path, content, complaint] of [
  ['a room that the row does not name', 'src/geo/bad.cpp', '//\n  #  include <asman/picture/track.hpp>\n', /src\/geo\/bad\.cpp:2: geo may not use picture/],
  ['quotes instead of brackets', 'src/geo/bad.hpp', '#include "asman/wire/batch.hpp"\n', /bad\.hpp:1: geo may not use wire/],
  ['base from asterix, which stands alone', 'src/asterix/bad.cpp', '#include <asman/base/result.hpp>\n', /asterix may not use base/],
  ['a room that does not exist', 'src/geo/bad.cpp', '#include <asman/nowhere/x.hpp>\n', /no room nowhere/],
  ["another room's private file", 'src/picture/bad.cpp', '#include "../geo/detail/inner.hpp"\n', /climbs out of room picture/],
  ['a path from the top', 'src/picture/bad.cpp', '#include "src/geo/detail/inner.hpp"\n', /include a public header/],
  ['the schema outside wire', 'src/picture/bad.cpp', '#include <asman/v1/batch.pb.h>\n', /belongs to wire/],
  ['a folder without a row', 'src/attic/old.cpp', '\n', /src\/attic: this folder is not in/],
  ['a cycle in the table', 'cmake/rooms.txt', 'base:\ngeo: picture\nasterix:\npicture: geo\nwire: picture\n', /rooms\.txt:2: geo uses picture.*cycle/],
  ['a room twice', 'cmake/rooms.txt', 'base:\ngeo:\ngeo:\nasterix:\npicture: geo\nwire: picture\n', /rooms\.txt:3: room geo stands twice/],
  ['an empty table', 'cmake/rooms.txt', '# nothing\n', /no room in the table/],
]) {
  test(`found: ${what}`, (t) => {
    const { status, text } = house(t, (write) => write(path, content));
    assert.equal(status, 1, text);
    assert.match(text, complaint);
  });
}
