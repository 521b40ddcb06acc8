// Colours of the map and its symbols. Calm: dark ground, little chroma, for eight hours of watching. Red is for
// emergencies alone. No meaning rests on colour alone: identity is also a shape, origin also a mark and a word.
import type { Identity } from './protocol';

export const map = {
  sea: '#0e1317',
  land: '#181e23',
  ownLand: '#1f272d',
  border: '#3b464e',
  ownBorder: '#8297a3',
  graticule: '#1d2429',
  name: '#5d6b75',
  coverOwn: '#6c93a3',
  coverForeign: '#8d84a6',
  sightOwn: '#6c93a3',
  sightAccord: '#9d94bd',
  sightGained: '#8fbd97',
  sightLost: '#d6a550',
};

export const ink = {
  text: '#cdd6db',
  dim: '#8b98a1',
  halo: '#10161b',
  selected: '#e8eef2',
  emergency: '#ff5c50',
  alert: '#d6a550',
  leader: '#55636d',
};

export const identityColour: Record<Identity, string> = {
  pending: '#a9a998',
  unknown: '#cfc07e',
  assumed_friend: '#7fb0cc',
  friend: '#7fb0cc',
  neutral: '#8fbd97',
  suspect: '#d99a55',
  hostile: '#e2873f',
};
