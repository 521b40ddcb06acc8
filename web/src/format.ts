// The field's units for people: flight levels, knots, nautical miles, UTC.
import type { Alert, Identity, Source, StateCode, Track } from './protocol';

const knot = 1852 / 3600; // m/s
const foot = 0.3048; // m
export const nauticalMile = 1852; // m

export const groundSpeed = (t: Track): number => Math.hypot(t.ve ?? 0, t.vn ?? 0);
export const knots = (metresPerSecond: number): string => String(Math.round(metresPerSecond / knot));

/** Course over ground, degrees clockwise from north, 0 … 359; null when it hardly moves. */
export function course(t: Track): number | null {
  if (groundSpeed(t) < 5) return null;
  return (Math.round((Math.atan2(t.ve ?? 0, t.vn ?? 0) * 180) / Math.PI) + 360) % 360;
}

const arrows = { up: '↑', down: '↓', level: '', '': '' } as const;

/** "F350↑"; "G312" is geometric height in hundreds of feet; "F---" is not known. */
export function height(t: Track): string {
  const digits = (hundreds: number) => String(Math.max(0, Math.round(hundreds))).padStart(3, '0');
  const value = t.fl !== undefined ? `F${digits(t.fl)}` : t.gh !== undefined ? `G${digits(t.gh / foot / 100)}` : 'F---';
  return value + arrows[t.trend];
}

/** What to call a track: callsign, else code, else address, else its number in the picture. */
export function trackName(t: Track): string {
  if (t.callsign) return t.callsign;
  if (t.mode3a) return `A${t.mode3a}`;
  if (t.address) return t.address;
  return t.primary_only ? `PSR ${t.n}` : `#${t.n}`;
}

export type Sight = 'own' | 'both' | 'foreign';

/** Whether the looking state sees a track with its own sensors, only through others, or both. */
export function sight(t: Track, state: StateCode): Sight {
  const own = t.sources.some((s) => isOwn(s, state));
  const foreign = t.sources.some((s) => !isOwn(s, state));
  return own && foreign ? 'both' : own ? 'own' : 'foreign';
}

export const isOwn = (s: Source, state: StateCode): boolean => s.originator === state && s.clauses.length === 0;

/** Where a track comes from, short: "own", "own+KAZ", "‹KAZ", "‹TJK/RUS" (TJK's, handed over by RUS), "+2" for more. */
export function origin(t: Track, state: StateCode): string {
  const foreign = [
    ...new Set(
      t.sources
        .filter((s) => !isOwn(s, state))
        .map((s) => (s.via && s.via !== s.originator ? `${s.originator}/${s.via}` : s.originator)),
    ),
  ];
  const own = t.sources.some((s) => isOwn(s, state));
  const first = foreign[0];
  if (first === undefined) return own ? 'own' : '';
  const more = foreign.length > 1 ? `+${foreign.length - 1}` : '';
  return own ? `own+${foreign.length === 1 ? first : foreign.length}` : `‹${first}${more}`;
}

export const identityNames: Record<Identity, string> = {
  pending: 'pending',
  unknown: 'unknown',
  assumed_friend: 'assumed friend',
  friend: 'friend',
  neutral: 'neutral',
  suspect: 'suspect',
  hostile: 'hostile',
};

export const alertNames: Record<Alert['kind'], string> = {
  border_approach: 'Border ahead',
  border_crossed: 'Border crossed',
  emergency_code: 'Emergency',
  zone_entry: 'Zone entered',
  unidentified: 'Unidentified',
};

/** Whether an alert or track is an emergency: the only thing shown in red. */
export const isEmergency = (alert: Alert): boolean => alert.kind === 'emergency_code';

/** "12:34:56" of an ISO time. */
export const clock = (iso: string): string => iso.slice(11, 19);
export const day = (iso: string): string => iso.slice(0, 10);

/** "8 min 20 s", "45 s", "1 h 05 min". */
export function span(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, '0')} s`;
  return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, '0')} min`;
}

/** The day `days` after an ISO date. */
export function shiftDay(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** "42°52.5′N 074°35.1′E" */
export function position(lat: number, lon: number): string {
  const part = (value: number, width: number, letters: string) => {
    const minutes = Math.round(Math.abs(value) * 600) / 10;
    const degrees = Math.floor(minutes / 60);
    return `${String(degrees).padStart(width, '0')}°${(minutes - degrees * 60).toFixed(1).padStart(4, '0')}′${letters[value < 0 ? 1 : 0] ?? ''}`;
  };
  const wrapped = ((((lon + 180) % 360) + 360) % 360) - 180;
  return `${part(lat, 2, 'NS')} ${part(wrapped, 3, 'EW')}`;
}

const earthRadius = 6_371_009; // m, mean; for read-outs only

/** Great-circle distance (m) and initial bearing (degrees), on a sphere: for read-outs, 0.5 % at worst. */
export function rangeBearing(a: { lat: number; lon: number }, b: { lat: number; lon: number }): { range: number; bearing: number } {
  const rad = Math.PI / 180;
  const [p, q, d] = [a.lat * rad, b.lat * rad, (b.lon - a.lon) * rad];
  const h = Math.sin((q - p) / 2) ** 2 + Math.cos(p) * Math.cos(q) * Math.sin(d / 2) ** 2;
  const bearing = Math.atan2(Math.sin(d) * Math.cos(q), Math.cos(p) * Math.sin(q) - Math.sin(p) * Math.cos(q) * Math.cos(d));
  return { range: 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(h))), bearing: (bearing / rad + 360) % 360 };
}

/** The point at a distance and bearing, on the same sphere. */
export function destination(from: { lat: number; lon: number }, range: number, bearing: number): [number, number] {
  const rad = Math.PI / 180;
  const [p, b, d] = [from.lat * rad, bearing * rad, range / earthRadius];
  const q = Math.asin(Math.sin(p) * Math.cos(d) + Math.cos(p) * Math.sin(d) * Math.cos(b));
  const l = from.lon * rad + Math.atan2(Math.sin(b) * Math.sin(d) * Math.cos(p), Math.cos(d) - Math.sin(p) * Math.sin(q));
  return [l / rad, q / rad];
}
