import { describe, expect, it } from 'vitest';
import { defaultView, formatHash, parseHash } from '../src/hash';
import { History } from '../src/history';
import { parseMessage } from '../src/protocol';

describe('the view in the address', () => {
  it('comes back as it went', () => {
    const view = { map: { zoom: 5.25, lat: 42.5, lon: 74.125 }, as: 'KGZ', cover: 'all', labels: 'short', trails: false } as const;
    expect(parseHash(formatHash(view))).toEqual(view);
    expect(parseHash(formatHash(defaultView))).toEqual(defaultView);
  });
  it('takes nothing that it does not understand', () => {
    for (const hash of ['#map=x/y/z', '#map=5/99/0', '#map=5/42', '#map=//', '#as=kgz', '#as=<b>', '#cover=red', '%%%', ''])
      expect(parseHash(hash)).toEqual(defaultView);
  });
});

describe('history', () => {
  const at = (n: number, lat: number) => [{ n, lat, lon: 0 }];
  it('keeps dots a time apart, a bounded number', () => {
    const history = new History(3, 10_000);
    for (let second = 0; second < 100; second++) history.add(second * 1000, at(1, second));
    const times = history.of(1).map((d) => d.time);
    expect(times).toEqual([60_000, 70_000, 80_000, 90_000]);
  });
  it('forgets a track that has gone, and starts anew when time runs back', () => {
    const history = new History(3, 10_000);
    history.add(0, at(1, 0));
    history.add(20_000, at(2, 0));
    expect(history.of(1)).toEqual([]);
    history.add(5_000, at(2, 1));
    expect(history.of(2)).toEqual([{ time: 5_000, lat: 1, lon: 0 }]);
  });
});

describe('messages', () => {
  it('of another version or kind are refused with a sentence', () => {
    expect(() => parseMessage('{"v":2,"type":"snapshot"}')).toThrow('version 2');
    expect(() => parseMessage('{"v":1,"type":"surprise"}')).toThrow("unknown message 'surprise'");
    expect(parseMessage('{"v":1,"type":"error","reason":"no"}')).toMatchObject({ reason: 'no' });
  });
});
