// Where labels go: greedy by priority, each at the free place that costs least, so that no two shown overlap. A label
// prefers the place it had, so that it does not jump about while its neighbours move.

export interface Box {
  x: number; // left
  y: number; // top
  w: number;
  h: number;
}

export interface LabelRequest {
  id: number;
  x: number; // of the symbol's centre, px
  y: number;
  w: number; // of the whole label
  h: number;
  shortW: number; // of its first line alone, shown where the whole finds no room
  shortH: number;
  priority: number; // greater goes first
  must: boolean; // shown even if it covers another's symbol (selected, emergency)
  heading: number | null; // degrees; the label keeps off the speed vector
}

export interface PlacedLabel {
  id: number;
  box: Box;
  short: boolean;
  slot: number; // index of the place, to be given back as `before`
}

export const overlap = (a: Box, b: Box): boolean => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** Directions of the places, degrees clockwise from up, in order of liking; and distances from the symbol, px. */
const directions = [60, 120, 300, 240, 90, 270, 30, 150, 330, 210, 0, 180];
const distances = [13, 27, 44, 64];
export const slots = directions.length * distances.length;

/** The label's box at a place: its nearest corner or edge lies `distance` from the symbol. */
export function boxAt(r: LabelRequest, slot: number, short: boolean): Box {
  const angle = ((directions[slot % directions.length] ?? 0) * Math.PI) / 180;
  const distance = distances[Math.floor(slot / directions.length)] ?? 0;
  const [w, h] = short ? [r.shortW, r.shortH] : [r.w, r.h];
  const [ux, uy] = [Math.sin(angle), -Math.cos(angle)];
  const ax = r.x + ux * distance;
  const ay = r.y + uy * distance;
  return {
    x: ux > 0.3 ? ax : ux < -0.3 ? ax - w : ax - w / 2,
    y: uy > 0.3 ? ay : uy < -0.3 ? ay - h : ay - h / 2,
    w,
    h,
  };
}

/** Boxes by the cells of a grid over the map, to find what overlaps without looking at all. */
class Grid {
  private readonly columns: number;
  private readonly rows: number;
  private readonly cells: Box[][];
  constructor(width: number, height: number) {
    this.columns = Math.ceil(width / cell) + 1;
    this.rows = Math.ceil(height / cell) + 1;
    this.cells = Array.from({ length: this.columns * this.rows }, () => []);
  }
  private column(x: number): number {
    return Math.max(0, Math.min(this.columns - 1, Math.floor(x / cell)));
  }
  private row(y: number): number {
    return Math.max(0, Math.min(this.rows - 1, Math.floor(y / cell)));
  }
  add(box: Box): void {
    const [right, bottom] = [this.column(box.x + box.w), this.row(box.y + box.h)];
    for (let row = this.row(box.y); row <= bottom; row++)
      for (let column = this.column(box.x); column <= right; column++) this.cells[row * this.columns + column]?.push(box);
  }
  /** Whether anything is there. */
  taken(box: Box): boolean {
    const [right, bottom] = [this.column(box.x + box.w), this.row(box.y + box.h)];
    for (let row = this.row(box.y); row <= bottom; row++)
      for (let column = this.column(box.x); column <= right; column++)
        for (const other of this.cells[row * this.columns + column] ?? []) if (overlap(box, other)) return true;
    return false;
  }
}
const cell = 40; // px

export interface PlaceOptions {
  width: number; // of the map, px
  height: number;
  obstacles?: Box[]; // what else no label may cover (panels, legend)
  margin?: number; // kept free around each label
}

const symbolHalf = 9; // px

/** Places as many labels as fit. `before` gives the slot that a label had. */
export function placeLabels(requests: LabelRequest[], before: ReadonlyMap<number, number>, options: PlaceOptions): PlacedLabel[] {
  const { width, height, obstacles = [], margin = 2 } = options;
  const labels = new Grid(width, height);
  const symbols = new Grid(width, height);
  for (const box of obstacles) labels.add(box);
  for (const r of requests) symbols.add({ x: r.x - symbolHalf, y: r.y - symbolHalf, w: 2 * symbolHalf, h: 2 * symbolHalf });

  const placed: PlacedLabel[] = [];
  const order = [...requests].sort((a, b) => b.priority - a.priority || a.id - b.id);
  for (const r of order) {
    if (r.x < -20 || r.y < -20 || r.x > width + 20 || r.y > height + 20) continue;
    const best = bestPlace(r, before.get(r.id), false) ?? bestPlace(r, before.get(r.id), true);
    if (!best) continue;
    labels.add({ x: best.box.x - margin, y: best.box.y - margin, w: best.box.w + 2 * margin, h: best.box.h + 2 * margin });
    placed.push(best);
  }
  return placed;

  function bestPlace(r: LabelRequest, had: number | undefined, short: boolean): PlacedLabel | null {
    let best: PlacedLabel | null = null;
    let least = Infinity;
    for (let slot = 0; slot < slots; slot++) {
      const box = boxAt(r, slot, short);
      if (box.x < 2 || box.y < 2 || box.x + box.w > width - 2 || box.y + box.h > height - 2) continue;
      let cost = costOf(r, slot, had);
      if (cost >= least || labels.taken(box)) continue;
      if (symbols.taken(box)) {
        if (!r.must) continue;
        cost += 100;
      }
      if (cost < least) {
        least = cost;
        best = { id: r.id, box, short, slot };
      }
    }
    return best;
  }

  function costOf(r: LabelRequest, slot: number, had: number | undefined): number {
    const direction = directions[slot % directions.length] ?? 0;
    let cost = 0.7 * (slot % directions.length) + 10 * Math.floor(slot / directions.length);
    if (had !== undefined) cost += slot === had ? -18 : 6;
    if (r.heading !== null) {
      const apart = Math.abs(((direction - r.heading + 540) % 360) - 180);
      if (apart < 40) cost += 12; // over the speed vector
      if (apart > 150) cost += 5; // over the history dots
    }
    return cost;
  }
}
