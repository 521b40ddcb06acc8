// History dots, kept by the display: where each track of the picture was shown before.

export interface Dot {
  time: number; // data time, ms since 1970
  lat: number;
  lon: number;
}

export class History {
  private readonly dots = new Map<number, Dot[]>();

  /** At most `length` dots a track, at least `spacing` ms of data time apart. */
  constructor(
    private readonly length = 8,
    private readonly spacing = 20_000,
  ) {}

  /** Takes a picture; forgets tracks that are not in it. A time that runs backwards starts anew. */
  add(time: number, tracks: readonly { n: number; lat: number; lon: number }[]): void {
    const present = new Set<number>();
    for (const { n, lat, lon } of tracks) {
      present.add(n);
      const list = this.dots.get(n) ?? [];
      const last = list.at(-1);
      if (last && last.time > time) list.length = 0;
      if (list.length === 0 || time - (list.at(-1)?.time ?? 0) >= this.spacing) list.push({ time, lat, lon });
      if (list.length > this.length + 1) list.shift();
      this.dots.set(n, list);
    }
    for (const n of this.dots.keys()) if (!present.has(n)) this.dots.delete(n);
  }

  /** Oldest first. */
  of(n: number): readonly Dot[] {
    return this.dots.get(n) ?? [];
  }
  clear(): void {
    this.dots.clear();
  }
}
