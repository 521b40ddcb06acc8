import { describe, expect, it } from 'vitest';
import { boxAt, overlap, placeLabels, slots, type LabelRequest } from '../src/labels';

// A small generator with a seed, so that a failure can be had again.
function generator(seed: number): () => number {
  let s = seed;
  return () => (s = (s * 48271) % 2147483647) / 2147483647;
}

function crowd(count: number, seed: number, spread = 1): LabelRequest[] {
  const random = generator(seed);
  return Array.from({ length: count }, (_, id) => ({
    id,
    x: 500 + (random() - 0.5) * 1000 * spread,
    y: 400 + (random() - 0.5) * 800 * spread,
    w: 40 + random() * 50,
    h: 39,
    shortW: 35,
    shortH: 13,
    priority: Math.floor(random() * 4) * 10,
    must: false,
    heading: random() < 0.2 ? null : random() * 360,
  }));
}
const area = { width: 1000, height: 800 };

describe('labels', () => {
  it('never overlap, however dense the sky', () => {
    for (const [count, spread] of [[20, 1], [150, 1], [400, 1], [200, 0.2]] as const) {
      for (let seed = 1; seed <= 5; seed++) {
        const placed = placeLabels(crowd(count, seed, spread), new Map(), area);
        for (let i = 0; i < placed.length; i++)
          for (let j = i + 1; j < placed.length; j++) expect(overlap(placed[i]!.box, placed[j]!.box)).toBe(false);
      }
    }
  });

  it('stay inside the map, off obstacles and off the symbols of others', () => {
    const requests = crowd(200, 3);
    const obstacle = { x: 0, y: 600, w: 200, h: 200 };
    const placed = placeLabels(requests, new Map(), { ...area, obstacles: [obstacle] });
    expect(placed.length).toBeGreaterThan(50);
    for (const { id, box } of placed) {
      expect(box.x >= 0 && box.y >= 0 && box.x + box.w <= area.width && box.y + box.h <= area.height).toBe(true);
      expect(overlap(box, obstacle)).toBe(false);
      for (const r of requests) if (r.id !== id) expect(overlap(box, { x: r.x - 9, y: r.y - 9, w: 18, h: 18 })).toBe(false);
    }
  });

  it('shows all of a sparse sky in full', () => {
    const requests = Array.from({ length: 12 }, (_, i) => ({ ...crowd(1, 1)[0]!, id: i, x: 100 + (i % 4) * 220, y: 100 + Math.floor(i / 4) * 220 }));
    const placed = placeLabels(requests, new Map(), area);
    expect(placed).toHaveLength(12);
    expect(placed.every((p) => !p.short)).toBe(true);
  });

  it('keeps its place while it can', () => {
    const requests = crowd(60, 7);
    const first = placeLabels(requests, new Map(), area);
    const before = new Map(first.map((p) => [p.id, p.slot]));
    const moved = requests.map((r) => ({ ...r, x: r.x + 1, y: r.y - 1 }));
    const second = placeLabels(moved, before, area);
    const kept = second.filter((p) => before.get(p.id) === p.slot).length;
    expect(kept / second.length).toBeGreaterThan(0.9);
  });

  it('gives room to what matters first', () => {
    const here = { ...crowd(1, 1)[0]!, x: 500, y: 400 };
    const pile = Array.from({ length: 60 }, (_, id) => ({ ...here, id, priority: id === 59 ? 90 : 0, must: id === 59 }));
    const placed = placeLabels(pile, new Map(), area);
    expect(placed[0]).toMatchObject({ id: 59, short: false });
    expect(placed.length).toBeLessThan(60);
  });

  it('does not depend on the order of the tracks', () => {
    const requests = crowd(100, 11);
    expect(placeLabels([...requests].reverse(), new Map(), area)).toEqual(placeLabels(requests, new Map(), area));
  });

  it('leads out of the symbol in every place', () => {
    const r = { ...crowd(1, 1)[0]!, x: 500, y: 400 };
    for (let slot = 0; slot < slots; slot++) expect(overlap(boxAt(r, slot, false), { x: 493, y: 393, w: 14, h: 14 })).toBe(false);
  });

  it('is quick enough for five hundred tracks', () => {
    const requests = crowd(500, 5);
    const start = performance.now();
    placeLabels(requests, new Map(), area);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
