// The picture over the map: sensors, names, history dots, speed vectors, symbols, labels. One canvas, drawn again when
// the map moves or a snapshot comes; between these nothing is drawn.
import type { BaseMap } from './basemap';
import { height, knots, groundSpeed, origin, sight, trackName, course } from './format';
import type { History } from './history';
import { placeLabels, type Box, type LabelRequest, type PlacedLabel } from './labels';
import { identityColour, ink, map as ground } from './palette';
import type { Snapshot, Track } from './protocol';
import { drawSensor, drawSymbol } from './symbols';
import type { LabelView } from './hash';

export interface Place {
  iso: string;
  name: string;
  lon: number;
  lat: number;
  span: number; // degrees of longitude
}

export interface OverlayView {
  snapshot: Snapshot | undefined;
  selected: number | null;
  hovered: number | null; // its label is shown in full, over all
  labels: LabelView;
  trails: boolean;
  vectorMinutes: number;
}

interface Drawn {
  track: Track;
  x: number;
  y: number;
}

const labelFont = '11px "DejaVu Sans Mono", "Liberation Mono", Menlo, Consolas, monospace';
const lineHeight = 13;
const metresPerDegree = 111_195;

export class Overlay {
  private readonly canvas = document.createElement('canvas');
  private readonly context: CanvasRenderingContext2D;
  private drawn: Drawn[] = [];
  private placed: PlacedLabel[] = [];
  private slots = new Map<number, number>();
  private wanted = false;
  private readonly widths = new Map<string, number>();
  places: Place[] = [];
  /** Where no label may go (legend and the like), px. */
  obstacles: () => Box[] = () => [];

  constructor(
    private readonly map: BaseMap,
    private readonly history: History,
    private readonly view: () => OverlayView,
  ) {
    this.canvas.className = 'overlay';
    this.canvas.setAttribute('aria-hidden', 'true');
    map.getCanvasContainer().after(this.canvas);
    const context = this.canvas.getContext('2d');
    if (!context) throw new Error('this browser has no canvas');
    this.context = context;
    map.on('move', () => this.draw());
    map.on('resize', () => this.draw());
  }

  /** Draws soon, once however often it is asked. */
  request(): void {
    if (this.wanted) return;
    this.wanted = true;
    requestAnimationFrame(() => {
      this.wanted = false;
      this.draw();
    });
  }

  /** The track at a point of the map, if any: its symbol, or its label. */
  hit(x: number, y: number): number | null {
    let best: number | null = null;
    let least = 16 * 16;
    for (const d of this.drawn) {
      const distance = (d.x - x) ** 2 + (d.y - y) ** 2;
      if (distance < least) [least, best] = [distance, d.track.n];
    }
    if (best !== null) return best;
    return this.placed.find(({ box }) => x >= box.x && x <= box.x + box.w && y >= box.y && y <= box.y + box.h)?.id ?? null;
  }

  /** Where tracks are on the screen, relative to the map. */
  positions(): { n: number; x: number; y: number }[] {
    return this.drawn.map(({ track, x, y }) => ({ n: track.n, x, y }));
  }
  /** Draws now; how long it took, ms. */
  redraw(): number {
    const start = performance.now();
    this.draw();
    return performance.now() - start;
  }
  labelBoxes(): readonly PlacedLabel[] {
    return this.placed;
  }

  private project(lat: number, lon: number): { x: number; y: number } {
    // The copy of the world nearest to the middle of the map: pictures cross 180°.
    const middle = this.map.getCenter().lng;
    const near = lon + 360 * Math.round((middle - lon) / 360);
    return this.map.project([near, lat]);
  }

  private draw(): void {
    const { clientWidth: width, clientHeight: height_ } = this.map.getContainer();
    const ratio = window.devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height_ * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height_ * ratio);
      this.canvas.style.width = `${width}px`;
      this.canvas.style.height = `${height_}px`;
    }
    const c = this.context;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, width, height_);
    const view = this.view();
    this.drawNames(width, height_, view.snapshot);
    const { snapshot } = view;
    this.drawn = [];
    this.placed = [];
    if (!snapshot) return;
    this.drawSensors(snapshot, width, height_);
    for (const track of snapshot.tracks) {
      const { x, y } = this.project(track.lat, track.lon);
      if (x > -50 && y > -50 && x < width + 50 && y < height_ + 50) this.drawn.push({ track, x, y });
    }
    const alerted = new Set(snapshot.alerts.filter((a) => a.open).map((a) => a.track));
    if (view.trails) for (const d of this.drawn) this.drawTrail(d);
    for (const d of this.drawn) this.drawVector(d, view.vectorMinutes);
    // Labels lie under symbols, but those of the selected track and of emergencies over all.
    const over = view.labels === 'off' ? [] : this.drawLabels(view, snapshot, alerted, width, height_);
    const size = Math.max(4.5, Math.min(7, 4.5 + (this.map.getZoom() - 3.2) * 1.2)); // small where the sky is far away
    // What matters most lies on top.
    const order = (d: Drawn) => priorityOf(d.track, d.track.n === view.selected, alerted.has(d.track.n));
    for (const d of [...this.drawn].sort((a, b) => order(a) - order(b)))
      drawSymbol(c, d.x, d.y, {
        identity: d.track.identity,
        sight: sight(d.track, snapshot.state),
        coasting: d.track.coasting,
        emergency: d.track.emergency !== undefined,
        alert: alerted.has(d.track.n),
        selected: d.track.n === view.selected,
      }, size);
    for (const draw of over) draw();
  }

  private drawNames(width: number, height_: number, snapshot: Snapshot | undefined): void {
    const c = this.context;
    const scale = this.map.project([1, 0]).x - this.map.project([0, 0]).x; // px per degree of longitude
    c.textAlign = 'center';
    c.textBaseline = 'middle';
    for (const place of this.places) {
      const px = place.span * scale;
      const member = snapshot?.states.includes(place.iso) ?? false;
      const size = Math.max(10, Math.min(15, px / 22));
      c.font = `${size}px system-ui, "DejaVu Sans", sans-serif`;
      c.letterSpacing = `${Math.round(size / 5)}px`;
      const text = place.name.toUpperCase();
      if (px < c.measureText(text).width * 1.15) continue;
      const { x, y } = this.project(place.lat, place.lon);
      if (x < -100 || y < -20 || x > width + 100 || y > height_ + 20) continue;
      c.fillStyle = ground.name;
      c.globalAlpha = member ? 0.95 : 0.55;
      c.fillText(text, x, y);
      c.globalAlpha = 1;
    }
    c.letterSpacing = '0px';
  }

  private drawSensors(snapshot: Snapshot, width: number, height_: number): void {
    // Several sensors may share a site: draw one of them, own before others'.
    const sites = new Map<string, { x: number; y: number; sensor: Snapshot['sensors'][number] }>();
    for (const sensor of snapshot.sensors) {
      if (sensor.lat === undefined || sensor.lon === undefined) continue;
      const { x, y } = this.project(sensor.lat, sensor.lon);
      if (x < -20 || y < -20 || x > width + 20 || y > height_ + 20) continue;
      const key = `${Math.round(x / 4)}/${Math.round(y / 4)}`;
      const there = sites.get(key);
      if (!there || (sensor.mine && !there.sensor.mine)) sites.set(key, { x, y, sensor });
    }
    for (const { x, y, sensor } of sites.values())
      drawSensor(this.context, x, y, sensor.mine, sensor.via.length > 0, sensor.health);
  }

  private drawTrail({ track, x, y }: Drawn): void {
    const dots = this.history.of(track.n);
    const c = this.context;
    c.fillStyle = track.emergency ? ink.emergency : identityColour[track.identity];
    dots.forEach((dot, i) => {
      const p = this.project(dot.lat, dot.lon);
      if ((p.x - x) ** 2 + (p.y - y) ** 2 < 16) return;
      c.globalAlpha = 0.18 + (0.45 * (i + 1)) / dots.length;
      c.beginPath();
      c.arc(p.x, p.y, 1.3, 0, 2 * Math.PI);
      c.fill();
    });
    c.globalAlpha = 1;
  }

  private drawVector({ track, x, y }: Drawn, minutes: number): void {
    if (track.ve === null || track.vn === null) return;
    const seconds = minutes * 60;
    const lat = track.lat + (track.vn * seconds) / metresPerDegree;
    const lon = track.lon + (track.ve * seconds) / (metresPerDegree * Math.cos((track.lat * Math.PI) / 180));
    const end = this.project(lat, lon);
    const c = this.context;
    c.beginPath();
    c.moveTo(x, y);
    c.lineTo(end.x, end.y);
    c.strokeStyle = track.emergency ? ink.emergency : identityColour[track.identity];
    c.globalAlpha = 0.8;
    c.lineWidth = 1.1;
    c.stroke();
    c.globalAlpha = 1;
  }

  private width(text: string): number {
    let w = this.widths.get(text);
    if (w === undefined) {
      if (this.widths.size > 5000) this.widths.clear();
      w = this.context.measureText(text).width;
      this.widths.set(text, w);
    }
    return w;
  }

  private drawLabels(view: OverlayView, snapshot: Snapshot, alerted: Set<number>, width: number, height_: number): (() => void)[] {
    const c = this.context;
    c.font = labelFont;
    const texts = new Map<number, string[]>();
    const requests: LabelRequest[] = this.drawn.map(({ track, x, y }) => {
      const lines = labelLines(track, snapshot.state);
      texts.set(track.n, lines);
      const selected = track.n === view.selected || track.n === view.hovered;
      const full = view.labels === 'full' || selected;
      const shown = full ? lines : lines.slice(0, 1);
      return {
        id: track.n,
        x,
        y,
        w: Math.max(...shown.map((line) => this.width(line))) + 2,
        h: shown.length * lineHeight,
        shortW: this.width(lines[0] ?? '') + 2,
        shortH: lineHeight,
        priority: priorityOf(track, selected, alerted.has(track.n)),
        must: selected || track.emergency !== undefined,
        heading: course(track),
      };
    });
    this.placed = placeLabels(requests, this.slots, { width, height: height_, obstacles: this.obstacles() });
    this.slots = new Map(this.placed.map((p) => [p.id, p.slot]));
    const later: (() => void)[] = [];
    const byNumber = new Map(this.drawn.map((d) => [d.track.n, d]));
    for (const label of this.placed) {
      const d = byNumber.get(label.id);
      const lines = texts.get(label.id);
      if (!d || !lines) continue;
      const selected = d.track.n === view.selected || d.track.n === view.hovered;
      const draw = (over: boolean) => this.drawLabel(d, lines, label, { selected, short: view.labels === 'short', over });
      if (selected || d.track.emergency !== undefined) later.push(() => draw(true));
      else draw(false);
    }
    return later;
  }

  private drawLabel(d: Drawn, lines: string[], label: PlacedLabel, how: { selected: boolean; short: boolean; over: boolean }): void {
    const c = this.context;
    const { box } = label;
    const { selected } = how;
    const colour = d.track.emergency ? ink.emergency : selected ? ink.selected : ink.text;
    // The leader runs from the edge of the symbol to the nearest point of the label.
    const nx = Math.min(Math.max(d.x, box.x), box.x + box.w);
    const ny = Math.min(Math.max(d.y, box.y + 2), box.y + box.h - 2);
    const length = Math.hypot(nx - d.x, ny - d.y);
    if (length > 14) {
      c.beginPath();
      c.moveTo(d.x + ((nx - d.x) * 11) / length, d.y + ((ny - d.y) * 11) / length);
      c.lineTo(nx, ny);
      c.strokeStyle = ink.leader;
      c.lineWidth = 1;
      c.stroke();
    }
    if (how.over) {
      const frame = [Math.round(box.x) - 2.5, Math.round(box.y) - 1.5, Math.round(box.w) + 4, Math.round(box.h) + 2] as const;
      c.fillStyle = `${ink.halo}d8`;
      c.fillRect(...frame);
      c.strokeStyle = d.track.emergency ? ink.emergency : ink.leader;
      c.lineWidth = 1;
      c.strokeRect(...frame);
    }
    c.font = labelFont;
    c.textAlign = 'left';
    c.textBaseline = 'top';
    c.lineWidth = 3;
    c.strokeStyle = ink.halo;
    c.lineJoin = 'round';
    const shown = label.short || (how.short && !selected) ? lines.slice(0, 1) : lines;
    shown.forEach((line, i) => {
      const y = Math.round(box.y + i * lineHeight + 1);
      c.strokeText(line, Math.round(box.x), y);
      c.fillStyle = i === 2 && !d.track.emergency && !selected ? ink.dim : colour;
      c.fillText(line, Math.round(box.x), y);
    });
  }
}

/** The three lines: callsign or code; flight level and trend; ground speed and where the track comes from. */
export function labelLines(track: Track, state: string): string[] {
  const first = track.emergency ? `${trackName(track)} !${track.emergency}` : trackName(track);
  return [first, height(track), `${knots(groundSpeed(track))} ${origin(track, state)}`];
}

function priorityOf(track: Track, selected: boolean, alerted: boolean): number {
  if (selected) return 100;
  if (track.emergency !== undefined) return 90;
  if (alerted) return 80;
  if (track.identity === 'hostile' || track.identity === 'suspect') return 70;
  if (track.identity === 'unknown' || track.identity === 'pending') return 40;
  return 20;
}

