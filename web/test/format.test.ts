import { describe, expect, it } from 'vitest';
import { course, destination, height, origin, position, rangeBearing, shiftDay, sight, span, trackName } from '../src/format';
import { labelLines } from '../src/overlay';
import type { Source, Track } from '../src/protocol';

const source = (originator: string, via = '', clauses: string[] = []): Source => ({ originator, via, n: 1, clauses, coarsening: '', assumed: [], sensors: [], last: '' });
const track: Track = {
  n: 7, lat: 42, lon: 74, ve: 100, vn: 0, sigma_m: 50, trend: 'up', identity: 'neutral', class: 'civil', callsign: 'KGA101', fl: 347.6,
  primary_only: false, coasting: false, simulated: true, airspace: 'KGZ', since: '2026-03-01T00:00:00Z', sources: [source('KGZ')],
};

describe('labels in words', () => {
  it('has three lines', () => {
    expect(labelLines(track, 'KGZ')).toEqual(['KGA101', 'F348↑', '194 own']);
  });
  it('names a track by what is known of it', () => {
    expect(trackName({ ...track, callsign: '', mode3a: '7600' })).toBe('A7600');
    expect(trackName({ ...track, callsign: '', address: '60A0FF' })).toBe('60A0FF');
    expect(trackName({ ...track, callsign: '', primary_only: true })).toBe('PSR 7');
  });
  it('does not mix pressure altitude and geometric height', () => {
    const { fl: _, ...withoutLevel } = track;
    expect(height({ ...withoutLevel, gh: 9510, trend: '' })).toBe('G312');
    expect(height({ ...withoutLevel, trend: '' })).toBe('F---');
    expect(height({ ...track, fl: -2, trend: 'level' })).toBe('F000');
  });
  it('says where a track comes from', () => {
    const with_ = (...sources: Source[]) => origin({ ...track, sources }, 'KGZ');
    expect(with_(source('KGZ'))).toBe('own');
    expect(with_(source('KAZ', 'KAZ', ['A/c v1']))).toBe('‹KAZ');
    expect(with_(source('TJK', 'RUS', ['A/c v1', 'B/d v1']))).toBe('‹TJK/RUS');
    expect(with_(source('KGZ'), source('RUS', 'RUS', ['B/d v1']))).toBe('own+RUS');
    expect(with_(source('KAZ', 'RUS', ['x']), source('RUS', 'RUS', ['y']))).toBe('‹KAZ/RUS+1');
    expect(with_()).toBe('');
  });
  it('tells own sight from sight through an accord', () => {
    expect(sight(track, 'KGZ')).toBe('own');
    expect(sight(track, 'KAZ')).toBe('foreign');
    expect(sight({ ...track, sources: [source('KGZ'), source('RUS', 'RUS', ['x'])] }, 'KGZ')).toBe('both');
  });
});

describe('numbers for people', () => {
  it('courses', () => {
    expect(course(track)).toBe(90);
    expect(course({ ...track, ve: -0.01, vn: 100 })).toBe(0);
    expect(course({ ...track, ve: 1, vn: 1 })).toBeNull();
    expect(course({ ...track, ve: null, vn: null })).toBeNull();
  });
  it('spans and days', () => {
    expect([span(45), span(500), span(3900), span(-3)]).toEqual(['45 s', '8 min 20 s', '1 h 05 min', '0 s']);
    expect(shiftDay('2026-06-29', 1)).toBe('2026-06-30');
    expect(shiftDay('2024-03-01', -1)).toBe('2024-02-29');
  });
  it('positions, also over the antimeridian and at a minute that rounds up', () => {
    expect(position(42.875, 74.585)).toBe('42°52.5′N 074°35.1′E');
    expect(position(-0.5, 190)).toBe('00°30.0′S 170°00.0′W');
    expect(position(41.99999, -0.00001)).toBe('42°00.0′N 000°00.0′W');
  });
  it('range and bearing agree with the point they lead to', () => {
    const [lon, lat] = destination({ lat: 42, lon: 179 }, 400_000, 60);
    const back = rangeBearing({ lat: 42, lon: 179 }, { lat, lon });
    expect(back.range).toBeCloseTo(400_000, 0);
    expect(back.bearing).toBeCloseTo(60, 6);
    expect(rangeBearing({ lat: 0, lon: 0 }, { lat: 1, lon: 0 })).toMatchObject({ bearing: 0 });
  });
});
