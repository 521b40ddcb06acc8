// What a state sees under each law: the maps that the server makes (docs/display.md, products), decoded, and what differs
// between two of them.
import { contours } from 'd3-contour';
import type { Feature, FeatureCollection, MultiPolygon } from 'geojson';

/** A map of one level: of each cell an index into `sets`; 0: outside the state's land and approaches, 1: seen by nobody. */
export interface SightMap {
  north_west: [number, number]; // longitude, latitude of the first cell's centre
  step_deg: [number, number];
  columns: number;
  sets: number[]; // bit 0: own sensors; bit i + 1: cause i
  rows: number[][]; // pairs of count and index, rows from the north
}
export interface Gain {
  adds_alone_km2: number;
  vanishes_without_km2: number;
  share_km2: number;
}
export interface SightLevel {
  flight_level: number;
  area_km2: number;
  area_by_2_km2: number;
  own_km2: number;
  land_km2: number;
  by_partner: Record<string, Gain>;
  map: SightMap;
}
export interface Cause {
  chain: string;
  originator: string;
  site: string; // of a clause limited to one site; empty: none
}
export interface Warning {
  mean_s: number;
  share_in_time: number;
}
export interface Sight {
  levels: SightLevel[];
  causes?: Cause[];
  warning: Warning;
  warning_own: Warning;
  findings: string[];
  rests_on_assumed: string[];
}
export interface SightEpoch {
  from: string;
  changes: string[];
  sight?: Sight; // absent: as in the epoch before
}
export interface StateSight {
  format: number;
  state: string;
  terrain: string;
  cell_m: number;
  target: { transponder: boolean; rcs_m2: number };
  warning: { flight_level: number; speed_mps: number; in_time_s: number };
  epochs: SightEpoch[];
}

/** The epoch that holds on a day; the first before all. */
export function epochOf(epochs: readonly { from: string }[], date: string): number {
  let at = 0;
  epochs.forEach((e, i) => {
    if (e.from.slice(0, 10) <= date) at = i;
  });
  return at;
}

/** What was seen in an epoch, whichever epoch it was last told in. */
export function sightOf(state: StateSight, epoch: number): Sight | undefined {
  for (let i = Math.min(epoch, state.epochs.length - 1); i >= 0; i--) if (state.epochs[i]?.sight) return state.epochs[i]?.sight;
  return undefined;
}

export const levelOf = (sight: Sight | undefined, level: number): SightLevel | undefined => sight?.levels.find((l) => l.flight_level === level);

const partnerOf = (c: Cause): string => c.originator + (c.site ? ` at ${c.site}` : '');
export const ownSensors = 'own';

/** Who shows anything in either of two epochs, by name. */
export function partnersOf(...sights: (Sight | undefined)[]): string[] {
  return [...new Set(sights.flatMap((s) => (s?.causes ?? []).map(partnerOf)))].sort();
}

/** Whether a set of a map holds what one source shows: '' for all, own sensors, or a partner. Sets are up to 2^53: no bit operators. */
export function holds(set: number, causes: readonly Cause[], source: string): boolean {
  const bit = (i: number) => Math.floor(set / 2 ** i) % 2 === 1;
  if (source === '') return set > 0;
  if (source === ownSensors) return bit(0);
  return causes.some((c, i) => partnerOf(c) === source && bit(i + 1));
}

/** A map as one source alone would give it. */
export function layer(map: SightMap | undefined, sight: Sight | undefined, source: string): SightMap | undefined {
  if (!map || source === '') return map;
  const causes = sight?.causes ?? [];
  const kind = source === ownSensors ? 1 : 2;
  return { ...map, sets: map.sets.map((set) => (holds(set, causes, source) ? kind : 0)) };
}

/** 0: outside; 1: seen by nobody; 2: only through accords; 3: by own sensors. */
export function decode(map: SightMap): Uint8Array {
  const out = new Uint8Array(map.columns * map.rows.length);
  map.rows.forEach((row, r) => {
    let at = r * map.columns;
    for (let i = 0; i + 1 < row.length; i += 2) {
      const [count, value] = [row[i] ?? 0, row[i + 1] ?? 0];
      const set = map.sets[value] ?? 0;
      const kind = value < 2 ? value : set === 0 ? 1 : set % 2 === 1 ? 3 : 2;
      out.fill(kind, at, at + count);
      at += count;
    }
  });
  return out;
}

export type Area = 'own' | 'accord' | 'gained' | 'lost' | 'unseen';

/**
 * Areas to draw. Alone: what own sensors see, what only accords show, and what nobody shows. Beside another map of the same
 * frame: also what is seen now and was not, and what was and is not.
 */
export function areas(after: SightMap, before: SightMap | undefined): FeatureCollection<MultiPolygon> {
  const now = decode(after);
  const same = before && before.columns === after.columns && before.rows.length === after.rows.length;
  const was = same ? decode(before) : undefined;
  const kinds: Record<Area, (i: number) => boolean> = {
    own: (i) => now[i] === 3 && (!was || (was[i] ?? 0) >= 2),
    accord: (i) => now[i] === 2 && (!was || (was[i] ?? 0) >= 2),
    gained: (i) => was !== undefined && (now[i] ?? 0) >= 2 && (was[i] ?? 0) < 2,
    lost: (i) => was !== undefined && (now[i] ?? 0) < 2 && (was[i] ?? 0) >= 2,
    unseen: (i) => now[i] === 1 && (!was || (was[i] ?? 0) < 2),
  };
  const features: Feature<MultiPolygon>[] = [];
  for (const [kind, within] of Object.entries(kinds)) {
    const polygon = outline(after, within);
    if (polygon) features.push({ type: 'Feature', properties: { kind }, geometry: polygon });
  }
  return { type: 'FeatureCollection', features };
}

/** The cells that are `within` as polygons in degrees. */
function outline(map: SightMap, within: (i: number) => boolean): MultiPolygon | undefined {
  const [columns, rows] = [map.columns, map.rows.length];
  // A margin of a cell, so that what reaches the frame is closed there.
  const wide = columns + 2;
  const values = new Array<number>(wide * (rows + 2)).fill(0);
  let any = false;
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++)
      if (within(r * columns + c)) {
        values[(r + 1) * wide + c + 1] = 1;
        any = true;
      }
  if (!any) return undefined;
  const [shape] = contours().size([wide, rows + 2]).smooth(false).thresholds([0.5])(values);
  if (!shape) return undefined;
  const place = ([x, y]: number[]): [number, number] => [
    map.north_west[0] + ((x ?? 0) - 1.5) * map.step_deg[0],
    map.north_west[1] - ((y ?? 0) - 1.5) * map.step_deg[1],
  ];
  return { type: 'MultiPolygon', coordinates: shape.coordinates.map((polygon) => polygon.map((ring) => ring.map(place))) };
}

/** km² of the cells of each kind of area, on the sphere. */
export function figures(after: SightMap, before: SightMap): { gained: number; lost: number } {
  const [now, was] = [decode(after), decode(before)];
  const out = { gained: 0, lost: 0 };
  if (now.length !== was.length) return out;
  const rad = Math.PI / 180;
  const radius = 6371.0072;
  for (let i = 0; i < now.length; i++) {
    const [a, b] = [(now[i] ?? 0) >= 2, (was[i] ?? 0) >= 2];
    if (a === b) continue;
    const lat = after.north_west[1] - Math.floor(i / after.columns) * after.step_deg[1];
    const half = after.step_deg[1] / 2;
    const area = radius * radius * after.step_deg[0] * rad * (Math.sin((lat + half) * rad) - Math.sin((lat - half) * rad));
    if (a) out.gained += area;
    else out.lost += area;
  }
  return out;
}

/** "381 518" with a narrow space that does not break. */
export const grouped = (n: number): string => Math.round(n).toString().replace(/\B(?=(\d{3})+$)/g, '\u202f');
