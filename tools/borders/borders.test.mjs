import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atlas, states } from './borders.mjs';

const world = states(atlas());
const byCode = new Map(world.features.map((f) => [f.properties.iso3, f]));
const vertices = (iso3) => new Set(byCode.get(iso3).geometry.coordinates.flat(2).map(String));
function common(a, b) {
  const other = vertices(b);
  return [...vertices(a)].filter((v) => other.has(v)).length;
}

test('every state that an accord here may name is there once, with its name', () => {
  for (const iso3 of 'RUS BLR KAZ ARM TJK KGZ UZB TKM CHN AFG MNG UKR GEO AZE TUR IRN POL LTU LVA'.split(' ')) {
    assert.equal(world.features.filter((f) => f.properties.iso3 === iso3).length, 1, iso3);
    assert.ok(byCode.get(iso3).properties.name.length > 2, iso3);
  }
  assert.equal(byCode.get('KGZ').properties.name, 'Kyrgyzstan');
  assert.equal(byCode.get('AUS').properties.name, 'Australia');
});

test('neighbours share the vertices of their border, and states apart share none', () => {
  for (const [a, b, atLeast] of [['KGZ', 'TJK', 100], ['KGZ', 'KAZ', 50], ['RUS', 'KAZ', 300], ['TJK', 'AFG', 50]]) {
    assert.ok(common(a, b) >= atLeast, `${a}-${b}: ${common(a, b)}`);
  }
  assert.equal(common('KGZ', 'AFG'), 0);
  assert.equal(common('KGZ', 'RUS'), 0);
});

test('a lease does not move a border: Baikonur is land of Kazakhstan, without a seam', () => {
  const inside = (ring, [x, y]) =>
    ring.reduce((in_, [bx, by], i) => {
      const [ax, ay] = ring[(i + ring.length - 1) % ring.length];
      return ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax ? !in_ : in_;
    }, false);
  const holds = byCode.get('KAZ').geometry.coordinates.filter(([outer]) => inside(outer, [63.35, 45.96]));
  assert.equal(holds.length, 1);
  assert.equal(holds[0].slice(1).filter((hole) => inside(hole, [63.35, 45.96])).length, 0);
});

test('rings are closed, wound as RFC 7946 says, within ±180° and ±90°', () => {
  for (const { properties, geometry } of world.features) {
    for (const polygon of geometry.coordinates) {
      polygon.forEach((ring, i) => {
        assert.ok(ring.length >= 4, properties.iso3);
        assert.deepEqual(ring[0], ring.at(-1), properties.iso3);
        let area = 0;
        for (let k = 0; k + 1 < ring.length; k++) {
          const [[x0, y0], [x1, y1]] = [ring[k], ring[k + 1]];
          assert.ok(Math.abs(x0) <= 180 + 1e-6 && Math.abs(y0) <= 90, properties.iso3);
          area += x0 * y1 - x1 * y0;
        }
        assert.ok(i === 0 ? area >= 0 : area <= 0, `${properties.iso3}: winding`);
      });
    }
  }
  const russia = byCode.get('RUS').geometry.coordinates.flat(2);
  assert.ok(russia.some(([x]) => x > 179.9) && russia.some(([x]) => x < -179.9), 'Russia is on both sides of 180°');
});
