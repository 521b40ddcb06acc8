import { describe, expect, it } from 'vitest';
import { runs, share, stepOf } from '../src/section';
import { areas, decode, epochOf, figures, grouped, holds, layer, levelOf, partnersOf, sightOf, type Sight, type SightMap, type StateSight } from '../src/sight';

/** A map from rows of digits: 0 outside, 1 unseen, 2 own, 3 through an accord, 4 both. */
function made(rows: string[]): SightMap {
  return {
    north_west: [70, 44],
    step_deg: [0.5, 0.25],
    columns: rows[0]?.length ?? 0,
    sets: [0, 0, 1, 2, 3],
    rows: rows.map((row) => [...row].flatMap((digit) => [1, Number(digit)])),
  };
}
const kinds = (map: SightMap, before?: SightMap) => Object.fromEntries(areas(map, before).features.map((f) => [f.properties?.['kind'], f.geometry.coordinates]));

describe('maps of sight', () => {
  it('are decoded by what shows each cell', () => {
    expect([...decode(made(['01', '23', '44']))]).toEqual([0, 1, 3, 2, 3, 3]);
    const runsOf = { ...made(['0000']), rows: [[2, 1, 2, 3]] };
    expect([...decode(runsOf)]).toEqual([1, 1, 2, 2]);
  });

  it('become areas in degrees', () => {
    const found = kinds(made(['1111', '1221', '1221', '1111']));
    expect(Object.keys(found).sort()).toEqual(['own', 'unseen']);
    const ring = (found['own']?.[0]?.[0] ?? []) as [number, number][];
    const lons = ring.map(([lon]) => lon);
    const lats = ring.map(([, lat]) => lat);
    // The four cells' edges: centres at 70.5 and 71, half a step of 0.5 around.
    expect([Math.min(...lons), Math.max(...lons)]).toEqual([70.25, 71.25]);
    expect([Math.min(...lats), Math.max(...lats)]).toEqual([43.375, 43.875]);
  });

  it('tell what was gained and what was lost, and its size', () => {
    const [before, after] = [made(['1121']), made(['1312'])];
    const found = kinds(after, before);
    expect(Object.keys(found).sort()).toEqual(['gained', 'lost', 'unseen']);
    const size = figures(after, before);
    // Cells of half a degree by a quarter near 44°N.
    const cell = 0.5 * 111.195 * Math.cos((44 * Math.PI) / 180) * 0.25 * 111.195;
    expect(size.gained).toBeCloseTo(2 * cell, -1);
    expect(size.lost).toBeCloseTo(cell, -1);
    expect(figures(after, made(['1']))).toEqual({ gained: 0, lost: 0 }); // maps of another frame are not compared
  });

  it('come apart into layers, one a source', () => {
    const causes = [
      { chain: 'A/x', originator: 'KAZ', site: '' },
      { chain: 'B/y', originator: 'RUS', site: 'Kant' },
      { chain: 'C/z', originator: 'KAZ', site: '' },
    ];
    const sight = { levels: [], causes } as unknown as Sight;
    expect(partnersOf(sight, undefined)).toEqual(['KAZ', 'RUS at Kant']);
    // Bit 0 is own, bit i + 1 cause i; sets may be wider than 32 bits.
    expect([1, 2, 4, 8, 2 ** 40].map((set) => holds(set, causes, 'KAZ'))).toEqual([false, true, false, true, false]);
    expect([1, 2, 4, 5].map((set) => holds(set, causes, 'own'))).toEqual([true, false, false, true]);
    expect([0, 1, 2 ** 40].map((set) => holds(set, causes, ''))).toEqual([false, true, true]);
    // Cells of nobody, own, KAZ, own and KAZ: KAZ alone shows the last two, whoever else does.
    const map = made(['1234']);
    expect([...decode(layer(map, sight, 'KAZ') as SightMap)]).toEqual([1, 1, 2, 2]);
    expect([...decode(layer(map, sight, 'own') as SightMap)]).toEqual([1, 3, 1, 3]);
    expect([...decode(layer(map, sight, 'RUS at Kant') as SightMap)]).toEqual([1, 1, 1, 1]);
    expect(layer(map, sight, '')).toBe(map);
  });

  it('hold until the next epoch that tells another', () => {
    const level = { flight_level: 100, map: made(['1']) };
    const state = {
      epochs: [
        { from: '2000-01-01T00:00:00Z', changes: [], sight: { levels: [level], findings: ['first'] } },
        { from: '2010-01-01T00:00:00Z', changes: ['signed'] },
        { from: '2020-01-01T00:00:00Z', changes: ['in force'], sight: { levels: [level], findings: ['second'] } },
      ],
    } as unknown as StateSight;
    expect(epochOf(state.epochs, '1999-12-31')).toBe(0);
    expect(epochOf(state.epochs, '2009-12-31')).toBe(0);
    expect(epochOf(state.epochs, '2010-01-01')).toBe(1);
    expect(epochOf(state.epochs, '2030-01-01')).toBe(2);
    expect(sightOf(state, 1)?.findings).toEqual(['first']);
    expect(sightOf(state, 2)?.findings).toEqual(['second']);
    expect(levelOf(sightOf(state, 1), 100)?.flight_level).toBe(100);
    expect(levelOf(sightOf(state, 1), 50)).toBeUndefined();
  });

  it('groups thousands', () => {
    expect(grouped(1234567.4)).toBe('1\u202f234\u202f567');
    expect(grouped(12)).toBe('12');
  });
});

describe('sections', () => {
  it('find runs of what is seen', () => {
    expect(runs('001120', (digit) => digit > 0)).toEqual([[2, 5]]);
    expect(runs('1010', (digit) => digit > 0)).toEqual([[0, 1], [2, 3]]);
    expect(runs('', () => true)).toEqual([]);
  });
  it('count the air above the ground alone', () => {
    // Altitudes 0, 5 and 10 km; the ground at 0 and at 6 km: three cells of air, two of them seen.
    expect(share(['010', '001'], [0, 6000], 10_000, 12_000)).toBeCloseTo(2 / 3);
    expect(share(['000'], [0], 10_000, 12_000)).toBe(0);
  });
  it('have round steps', () => {
    expect(stepOf(664, 4)).toBe(200);
    expect(stepOf(90, 4)).toBe(50);
  });
});
