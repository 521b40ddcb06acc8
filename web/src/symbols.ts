// Symbols: the air frames that operators know (open at the bottom), by identity; the mark in the middle says whose
// sensors see the track: a dot is own, a ring is others' through an accord, both is a dot in a ring.
import { identityColour, ink } from './palette';
import type { Sight } from './format';
import type { Health, Identity } from './protocol';

export interface SymbolStyle {
  identity: Identity;
  sight: Sight;
  coasting: boolean;
  emergency: boolean;
  alert: boolean;
  selected: boolean;
}

type Context = CanvasRenderingContext2D;

/** The frame of an identity, around (0, 0) with half width `r`, as a path. */
export function framePath(c: Context, identity: Identity, r: number): void {
  const foot = 0.7 * r;
  c.beginPath();
  switch (identity) {
    case 'friend':
    case 'assumed_friend':
      c.moveTo(-r, foot);
      c.lineTo(-r, 0);
      c.arc(0, 0, r, Math.PI, 0);
      c.lineTo(r, foot);
      break;
    case 'neutral':
      c.moveTo(-r, foot);
      c.lineTo(-r, -r);
      c.lineTo(r, -r);
      c.lineTo(r, foot);
      break;
    case 'suspect':
    case 'hostile':
      c.moveTo(-r, foot);
      c.lineTo(-r, 0);
      c.lineTo(0, -1.25 * r);
      c.lineTo(r, 0);
      c.lineTo(r, foot);
      break;
    case 'unknown':
    case 'pending': {
      const lobe = 0.58 * r;
      c.arc(-lobe, 0.12 * r, lobe, 0.6 * Math.PI, 1.5 * Math.PI);
      c.arc(0, -0.5 * r, lobe, Math.PI, 0);
      c.arc(lobe, 0.12 * r, lobe, 1.5 * Math.PI, 0.4 * Math.PI);
      break;
    }
  }
}

/** Frames of what is assumed or not decided yet are broken lines. */
const broken = (identity: Identity): boolean => identity === 'assumed_friend' || identity === 'suspect' || identity === 'pending';

export function drawSymbol(c: Context, x: number, y: number, style: SymbolStyle, r = 7): void {
  c.save();
  c.translate(x, y);
  const colour = style.emergency ? ink.emergency : identityColour[style.identity];
  c.globalAlpha = style.coasting ? 0.55 : 1;
  c.lineJoin = 'round';
  framePath(c, style.identity, r);
  c.strokeStyle = ink.halo;
  c.lineWidth = 4;
  c.stroke();
  framePath(c, style.identity, r);
  if (broken(style.identity)) c.setLineDash([3, 2.2]);
  c.strokeStyle = colour;
  c.lineWidth = 1.6;
  c.stroke();
  c.setLineDash([]);

  if (style.sight !== 'foreign') {
    c.beginPath();
    c.arc(0, 0, 1.9, 0, 2 * Math.PI);
    c.fillStyle = colour;
    c.fill();
  }
  if (style.sight !== 'own') {
    c.beginPath();
    c.arc(0, 0, style.sight === 'both' ? 3.8 : 2.6, 0, 2 * Math.PI);
    c.lineWidth = 1.1;
    c.stroke();
  }
  c.globalAlpha = 1;
  if (style.coasting) {
    c.beginPath();
    c.moveTo(-r, r + 3);
    c.lineTo(r, r + 3);
    c.lineWidth = 1.2;
    c.setLineDash([2, 2]);
    c.stroke();
    c.setLineDash([]);
  }
  if (style.emergency) {
    c.beginPath();
    c.arc(0, 0, r + 6, 0, 2 * Math.PI);
    c.lineWidth = 2;
    c.strokeStyle = ink.emergency;
    c.stroke();
  }
  if (style.alert && !style.emergency) drawFlag(c, r);
  if (style.selected) drawBrackets(c, r + 5);
  c.restore();
}

/** A small flag: an alert is open on this track. */
function drawFlag(c: Context, r: number): void {
  c.beginPath();
  c.moveTo(r + 1, -r - 7);
  c.lineTo(r + 1, -r + 2);
  c.moveTo(r + 1, -r - 7);
  c.lineTo(r + 8, -r - 4);
  c.lineTo(r + 1, -r - 1);
  c.closePath();
  c.fillStyle = ink.alert;
  c.strokeStyle = ink.alert;
  c.lineWidth = 1.2;
  c.fill();
  c.stroke();
}

function drawBrackets(c: Context, d: number): void {
  const arm = 5;
  c.beginPath();
  for (const [sx, sy] of [[-1, -1], [1, -1], [1, 1], [-1, 1]] as const) {
    c.moveTo(sx * d, sy * (d - arm));
    c.lineTo(sx * d, sy * d);
    c.lineTo(sx * (d - arm), sy * d);
  }
  c.strokeStyle = ink.selected;
  c.lineWidth = 1.6;
  c.stroke();
}

/** A sensor: a triangle; own filled, released to us open, else faint; crossed when nothing comes from it. */
export function drawSensor(c: Context, x: number, y: number, mine: boolean, heard: boolean, health: Health): void {
  const colour = mine ? '#9db8c4' : heard ? '#aaa1c4' : '#56616a';
  const r = mine ? 5.5 : heard ? 5 : 3.5;
  c.save();
  c.translate(x, y);
  c.lineJoin = 'round';
  c.beginPath();
  c.moveTo(-r, 0.75 * r);
  c.lineTo(0, -r);
  c.lineTo(r, 0.75 * r);
  c.closePath();
  c.fillStyle = mine ? colour : ink.halo;
  c.strokeStyle = colour;
  c.lineWidth = 1.3;
  c.fill();
  c.stroke();
  if (health === 'silent' || health === 'excluded') {
    c.beginPath();
    c.moveTo(-7, -6);
    c.lineTo(7, 6);
    c.moveTo(7, -6);
    c.lineTo(-7, 6);
    c.strokeStyle = ink.alert;
    c.stroke();
  } else if (health === 'degraded') {
    c.fillStyle = ink.alert;
    c.font = 'bold 11px system-ui, sans-serif';
    c.textAlign = 'left';
    c.fillText('!', r + 2, 3);
  }
  c.restore();
}
