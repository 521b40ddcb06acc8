// The messages between server and display: docs/display.md in TypeScript, src/serve/snapshot.cpp in C++.
// Positions in degrees WGS-84, speeds in m/s, heights of aircraft as flight levels, times ISO 8601 UTC.

export const protocolVersion = 1;

export type StateCode = string; // ISO 3166-1 alpha-3
export type Identity = 'pending' | 'unknown' | 'assumed_friend' | 'friend' | 'neutral' | 'suspect' | 'hostile';
export type Health = 'operating' | 'degraded' | 'silent' | 'excluded' | 'unknown';

export interface Sensor {
  id: number;
  name: string;
  owner: StateCode;
  operator: StateCode;
  host: StateCode;
  accord: string;
  kind: string;
  health: Health;
  mine: boolean;
  range_m: number;
  lat?: number;
  lon?: number;
  via: string[];
}

/** One state's part in a track: its own, or released to us under clauses. */
export interface Source {
  originator: StateCode;
  via: StateCode; // empty: own
  n: number;
  clauses: string[];
  coarsening: string;
  assumed: string[];
  sensors: string[];
  last: string;
}

export interface Track {
  n: number;
  lat: number;
  lon: number;
  ve: number | null;
  vn: number | null;
  sigma_m: number | null;
  fl?: number;
  gh?: number;
  vr?: number;
  trend: 'up' | 'down' | 'level' | '';
  identity: Identity;
  class: 'unknown' | 'civil' | 'state';
  callsign: string;
  mode3a?: string;
  address?: string;
  emergency?: string;
  primary_only: boolean;
  coasting: boolean;
  simulated: boolean;
  airspace: StateCode;
  since: string;
  sources: Source[];
}

export interface Alert {
  n: number;
  kind: 'border_approach' | 'border_crossed' | 'emergency_code' | 'zone_entry' | 'unidentified';
  raised: string;
  track: number;
  lat: number;
  lon: number;
  detail: string;
  open: boolean;
  warning_s?: number;
}

export interface Accord {
  id: string;
  title: string;
  state: string;
  certainty: string;
  parties: StateCode[];
}

export interface StateLine {
  state: StateCode;
  sensors: number;
  reports_per_s: number;
  local_tracks: number;
  joint_tracks: number;
  through_accords: number;
  open_alerts: number;
}

export interface Snapshot {
  v: number;
  type: 'snapshot';
  number: number;
  time: string;
  law_time: string;
  mode: 'simulated' | 'recording' | 'live';
  state: StateCode;
  states: StateCode[];
  paused: boolean;
  speed: number;
  terrain: string;
  sensors: Sensor[];
  tracks: Track[];
  alerts: Alert[];
  accords: Accord[];
  lines: StateLine[];
  counters: Record<string, number>;
}

export interface Cover {
  sensor: number;
  label: string;
  outline: [number, number][];
}

export interface LawChange {
  date: string;
  accord: string;
  what: string;
  assumed: boolean;
}

export interface Scene {
  v: number;
  type: 'scene';
  state: StateCode;
  title: string;
  may_look_as: boolean;
  may_move_law: boolean;
  may_pace: boolean;
  coverage?: boolean; // products of coverage are made, and sections answered
  cover: Cover[];
  law_changes: LawChange[];
  timeline: string; // SVG; empty: none
}

export interface Explanation {
  v: number;
  type: 'explanation';
  request: number;
  state: StateCode;
  track: number;
  to?: StateCode; // who gets it, and why: for the state's own people
  lines: string[];
}

export interface ErrorMessage {
  v: number;
  type: 'error';
  reason: string;
}

/** A vertical cut: for each point along it a digit an altitude, how many sensors see a target there (9: nine or more). */
export interface Section {
  v: number;
  type: 'section';
  request: number;
  state: StateCode;
  law_time: string;
  from: [number, number]; // latitude, longitude
  to: [number, number];
  target: 'intruder' | 'airliner';
  length_m: number;
  ceiling_m: number;
  ground: (number | null)[]; // metres above mean sea level
  own: string[];
  joint: string[];
  own_sensors: string[];
  ways: string[];
  terrain: string;
}

export type ServerMessage = Snapshot | Scene | Explanation | Section | ErrorMessage;

/** What a display may say: one object with one key. */
export type ClientMessage =
  | { as: StateCode }
  | { law: string }
  | { pause: boolean }
  | { speed: number }
  | { explain: { request: number; state: StateCode; track: number; to?: StateCode } }
  | { section: { request: number; state: StateCode; from: [number, number]; to: [number, number]; target: 'intruder' | 'airliner' } };

/** Parses a message; throws a sentence for people when it is not one of this version. */
export function parseMessage(text: string): ServerMessage {
  const message = JSON.parse(text) as Partial<ServerMessage>;
  if (message.v !== protocolVersion)
    throw new Error(`the server speaks version ${String(message.v)}, this page ${protocolVersion}: load it again`);
  switch (message.type) {
    case 'snapshot':
    case 'scene':
    case 'explanation':
    case 'section':
    case 'error':
      return message as ServerMessage;
    default:
      throw new Error(`unknown message '${String((message as { type?: unknown }).type)}'`);
  }
}
