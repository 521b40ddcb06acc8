// What the page knows of coverage: which level and laws are shown, a section being drawn, and the products behind them.
import { day } from './format';
import { Products } from './products';
import type { Section } from './protocol';
import { epochOf, layer, levelOf, partnersOf, sightOf, type SightMap, type StateSight } from './sight';
import { matters, type Siting } from './siting';

export interface Choice {
  on: boolean;
  level: number;
  after: number; // index of the epoch shown
  before: number | null; // of the epoch to compare with
  source: string; // '' for all, 'own', or a partner
  follow: boolean; // moving the slider moves the law date
}
export type End = { lat: number; lon: number };

export interface Host {
  changed(): void;
  state(): string;
  offered(): boolean; // whether the node makes maps and answers sections
  lawDate(): string;
  mayMoveLaw(): boolean;
  setLaw(date: string): void;
  askSection(request: number, from: End, to: End, target: 'intruder' | 'airliner'): void;
  say(text: string): void;
}

export class Coverage implements Choice {
  on = false;
  level = 100;
  after = 0;
  before: number | null = null;
  source = '';
  follow = true;
  drawing = false;
  ends: End[] = [];
  section: Section | undefined;
  target: 'intruder' | 'airliner' = 'intruder';
  goToSiting: () => void = () => {};
  /** Set by main: the middle of the map, for keys. */
  middle: () => End = () => ({ lat: 0, lon: 0 });
  private readonly products: Products;
  private chosenMast: number | undefined;
  private request = 0;
  private shownLaw = '';
  private shownState = '';

  constructor(private readonly host: Host) {
    this.products = new Products(() => this.host.changed());
  }

  data(): StateSight | undefined {
    const state = this.host.state();
    return state && this.host.offered() ? this.products.get<StateSight>(`coverage-${state}.json`) : undefined;
  }
  offered(): boolean {
    return this.host.offered();
  }
  siting(): Siting | undefined {
    return this.host.offered() ? this.products.get<Siting>('siting.json') : undefined;
  }
  /** The mast whose gains the map shows; at first the highest for which the position matters. */
  mast(): number {
    const s = this.siting();
    if (!s) return 0;
    if (this.chosenMast !== undefined && s.masts_m.includes(this.chosenMast)) return this.chosenMast;
    const telling = s.masts_m.filter((_, k) => s.plots.some((p) => p.by_mast[k] && matters(p.by_mast[k], p.positions)));
    return Math.max(...(telling.length > 0 ? telling : s.masts_m));
  }
  setMast(mast: number): void {
    this.chosenMast = mast;
    this.host.changed();
  }
  /** The maps to draw; undefined: none. */
  maps(): { after: SightMap; before: SightMap | undefined; key: string } | undefined {
    const data = this.on ? this.data() : undefined;
    if (!data) return undefined;
    const [now, was] = [sightOf(data, this.after), this.before === null ? undefined : sightOf(data, this.before)];
    const source = partnersOf(now, was).includes(this.source) || this.source === 'own' ? this.source : '';
    const after = layer(levelOf(now, this.level)?.map, now, source);
    const before = layer(levelOf(was, this.level)?.map, was, source);
    return after && { after, before, key: [data.state, this.level, this.after, this.before, source].join() };
  }

  /** The law date moved, or another state looks: the slider follows, and compares with the change before. */
  observe(): void {
    const data = this.data();
    const law = this.host.lawDate();
    if (!data || !law) return;
    if (law === this.shownLaw && this.shownState === data.state) return;
    const first = this.shownLaw === '';
    const at = epochOf(data.epochs, law);
    if (at !== this.after || first || this.shownState !== data.state) {
      this.after = at;
      if (first || this.before === null || this.before >= data.epochs.length) this.before = this.lastOther(data, at);
    }
    this.shownLaw = law;
    this.shownState = data.state;
  }
  /** The latest epoch before `at` in which the state saw otherwise. */
  private lastOther(data: StateSight, at: number): number {
    for (let i = at; i > 0; i--) if (data.epochs[i]?.sight) return i - 1;
    return Math.max(0, at - 1);
  }

  set(change: Partial<Choice>): void {
    Object.assign(this, change);
    this.host.changed();
  }
  /** The day that the slider stands on becomes the law's. */
  moveLaw(): void {
    const date = day(this.data()?.epochs[this.after]?.from ?? '');
    if (!date || !this.host.mayMoveLaw() || date === this.host.lawDate()) return;
    this.host.setLaw(date);
  }
  stepLevel(direction: 1 | -1): void {
    const levels = sightOf(this.data() ?? ({ epochs: [] } as unknown as StateSight), this.after)?.levels.map((l) => l.flight_level) ?? [];
    const next = levels[levels.indexOf(this.level) + direction];
    if (next !== undefined) this.set({ on: true, level: next });
  }

  startSection(): void {
    if (!this.host.offered()) {
      this.host.say('this node knows no terrain and sensors to cut through');
      return;
    }
    this.drawing = !this.drawing;
    this.ends = [];
    if (this.drawing) this.section = undefined;
    this.host.changed();
  }
  setTarget(target: 'intruder' | 'airliner'): void {
    this.target = target;
    const [from, to] = this.ends;
    if (!this.drawing && from && to) this.host.askSection(++this.request, from, to, target);
    this.host.changed();
  }
  /** A place was chosen while drawing. False: nothing is being drawn. */
  choose(at: End): boolean {
    if (!this.drawing) return false;
    const [from] = this.ends;
    if (from && Math.abs(from.lat - at.lat) + Math.abs(from.lon - at.lon) < 1e-4) {
      this.host.say('a section needs two different ends');
      return true;
    }
    this.ends = [...this.ends, at];
    if (from) {
      this.drawing = false;
      this.host.askSection(++this.request, from, at, this.target);
    }
    this.host.changed();
    return true;
  }
  takeSection(section: Section): void {
    if (section.request === this.request) this.section = section;
  }
}
