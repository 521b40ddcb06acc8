// What the page knows and can do. Panels read the state and call the actions; `changed` tells them to look again.
import { History } from './history';
import { Coverage } from './coverage';
import { formatHash, parseHash, type View } from './hash';
import { Link, type LinkStatus } from './link';
import { isOwn, rangeBearing, shiftDay, day } from './format';
import type { Explanation, Scene, ServerMessage, Snapshot, StateCode, Track } from './protocol';

export type Tab = 'track' | 'tracks' | 'states' | 'accords' | 'sensors' | 'coverage';
export const tabs: readonly Tab[] = ['track', 'tracks', 'states', 'accords', 'sensors', 'coverage'];
export const speeds = [1, 2, 5, 10, 20, 60, 0] as const; // 0: as fast as it goes

/** A picture this much older than the clock's last snapshot is shown as stale. */
const staleAfter = 4000; // ms
const errorShown = 8000; // ms
/** Two pictures' tracks this near are taken for one aircraft when the looking state changes. */
const sameAircraft = 4000; // m

export class App {
  readonly history = new History();
  readonly coverage = new Coverage({
    changed: () => this.changed(),
    state: () => this.state,
    offered: () => this.scene?.coverage === true,
    lawDate: () => day(this.snapshot?.law_time ?? ''),
    mayMoveLaw: () => this.scene?.may_move_law !== false,
    setLaw: (date) => this.setLaw(date),
    askSection: (request, from, to, target) =>
      this.command({ section: { request, state: this.state, from: [from.lat, from.lon], to: [to.lat, to.lon], target } }),
    say: (text) => this.say(text),
  });
  view: View = parseHash(location.hash);
  link: LinkStatus = 'connecting';
  snapshot: Snapshot | undefined;
  scene: Scene | undefined;
  explanation: Explanation | undefined;
  selected: number | null = null;
  tab: Tab = 'tracks';
  vectorMinutes = 1;
  error = '';
  lawWanted = '';
  hovered: number | null = null;
  /** The picture under the law before, to compare: set when the law date moves, gone when another state looks. */
  underOtherLaw: { date: string; tracks: number; through: number } | undefined;
  private received = 0;
  private request = 0;
  private carry: Track | undefined; // the aircraft to find again in another state's picture
  private readonly listeners: (() => void)[] = [];
  private readonly connection: Link;
  /** Set by main: moves the map to a place. */
  centreOn: (lat: number, lon: number) => void = () => {};

  constructor(address: string) {
    this.connection = new Link(address, {
      message: (message) => this.take(message),
      status: (status) => {
        this.link = status;
        this.changed();
      },
    });
    if (this.view.as) this.connection.send({ as: this.view.as });
    setInterval(() => this.changed(), 2000); // the age of the picture
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }
  changed(): void {
    for (const listener of this.listeners) listener();
  }

  get stale(): boolean {
    return this.link !== 'open' || (this.received > 0 && !this.snapshot?.paused && performance.now() - this.received > staleAfter);
  }
  get state(): StateCode {
    return this.snapshot?.state ?? '';
  }
  track(n: number | null): Track | undefined {
    return n === null ? undefined : this.snapshot?.tracks.find((t) => t.n === n);
  }

  // ------------------------------------------------------------------ messages

  private take(message: ServerMessage): void {
    switch (message.type) {
      case 'snapshot':
        this.takeSnapshot(message);
        break;
      case 'scene':
        this.scene = message;
        break;
      case 'explanation':
        if (message.request === this.request) this.explanation = message;
        break;
      case 'section':
        this.coverage.takeSection(message);
        break;
      case 'error':
        this.say(message.reason);
        break;
    }
    this.changed();
  }

  private takeSnapshot(snapshot: Snapshot): void {
    const before = this.snapshot;
    if (before && before.state !== snapshot.state) this.underOtherLaw = undefined;
    else if (before && day(before.law_time) !== day(snapshot.law_time))
      this.underOtherLaw = { date: day(before.law_time), tracks: before.tracks.length, through: this.throughAccords() };
    this.received = performance.now();
    this.snapshot = snapshot;
    if (before?.state !== snapshot.state) {
      this.history.clear();
      this.explanation = undefined;
      if (before) this.selected = this.findAgain(snapshot);
    }
    if (day(snapshot.law_time) === this.lawWanted) this.lawWanted = '';
    this.history.add(Date.parse(snapshot.time), snapshot.tracks);
    this.coverage.observe();
  }

  /** The aircraft that was selected in the other picture: same address, else callsign, else the nearest close by. */
  private findAgain(snapshot: Snapshot): number | null {
    const was = this.carry;
    this.carry = undefined;
    if (!was) return null;
    const same =
      (was.address && snapshot.tracks.find((t) => t.address === was.address)) ||
      (was.callsign && snapshot.tracks.find((t) => t.callsign === was.callsign));
    if (same) return same.n;
    const near = snapshot.tracks
      .map((t) => ({ t, range: rangeBearing(was, t).range }))
      .sort((a, b) => a.range - b.range)[0];
    return near && near.range < sameAircraft ? near.t.n : null;
  }

  say(reason: string): void {
    this.error = reason;
    setTimeout(() => {
      if (this.error !== reason) return;
      this.error = '';
      this.changed();
    }, errorShown);
    this.changed();
  }
  private command(message: Parameters<Link['send']>[0]): void {
    if (!this.connection.send(message)) this.say('not connected: nothing was sent');
  }

  // ------------------------------------------------------------------ actions

  lookAs(state: StateCode): void {
    if (state === this.state) return;
    this.carry = this.track(this.selected);
    this.changeView({ as: state });
    this.command({ as: state });
  }
  setLaw(date: string): void {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || !this.snapshot) return;
    this.lawWanted = date;
    this.command({ law: date });
    this.changed();
  }
  moveLaw(days: number): void {
    if (!this.snapshot || this.scene?.may_move_law === false) return;
    this.setLaw(shiftDay(this.lawWanted || day(this.snapshot.law_time), days));
  }
  /** To the next day before or after on which the law changes. */
  jumpLaw(direction: 1 | -1): void {
    if (!this.snapshot || this.scene?.may_move_law === false) return;
    const now = this.lawWanted || day(this.snapshot.law_time);
    const dates = (this.scene?.law_changes ?? []).map((change) => change.date).sort();
    const next = direction > 0 ? dates.find((d) => d > now) : dates.filter((d) => d < now).at(-1);
    if (next) this.setLaw(next);
  }
  togglePause(): void {
    if (this.snapshot && this.scene?.may_pace !== false) this.command({ pause: !this.snapshot.paused });
  }
  setSpeed(speed: number): void {
    this.command({ speed });
  }
  changeSpeed(step: 1 | -1): void {
    if (!this.snapshot || this.scene?.may_pace === false) return;
    const rank = (s: number) => (s === 0 ? Infinity : s);
    const now = rank(this.snapshot.speed);
    const next = step > 0 ? speeds.find((s) => rank(s) > now) : [...speeds].reverse().find((s) => rank(s) < now);
    if (next !== undefined) this.setSpeed(next);
  }
  select(n: number | null, centre = false): void {
    if (n !== this.selected) this.explanation = undefined;
    this.selected = n;
    if (n !== null) this.tab = 'track';
    const track = this.track(n);
    if (centre && track) this.centreOn(track.lat, track.lon);
    this.changed();
  }
  hover(n: number | null): boolean {
    if (n === this.hovered) return false;
    this.hovered = n;
    return true;
  }
  /** The next track in the order of the list. */
  step(direction: 1 | -1): void {
    const order = this.orderedTracks();
    if (order.length === 0) return;
    const at = order.findIndex((t) => t.n === this.selected);
    const next = order[(at < 0 && direction < 0 ? order.length - 1 : at + direction + order.length) % order.length];
    if (next) this.select(next.n, true);
  }
  /** What wants attention first: emergencies, alerts, suspects, those without a name; then by name. */
  orderedTracks(): Track[] {
    if (!this.snapshot) return [];
    const alerted = new Set(this.snapshot.alerts.filter((a) => a.open).map((a) => a.track));
    const rank = (t: Track) =>
      t.emergency ? 0 : alerted.has(t.n) ? 1 : t.identity === 'hostile' || t.identity === 'suspect' ? 2 : t.callsign ? 4 : 3;
    return [...this.snapshot.tracks].sort((a, b) => rank(a) - rank(b) || a.callsign.localeCompare(b.callsign) || a.n - b.n);
  }
  /** How many tracks of the picture no own sensor sees. */
  throughAccords(): number {
    const { snapshot } = this;
    return snapshot ? snapshot.tracks.filter((t) => !t.sources.some((s) => isOwn(s, snapshot.state))).length : 0;
  }
  /** Why do we see the track; with `to`, why does that state get it from us, or not. */
  explain(to?: string): void {
    if (this.selected === null || !this.snapshot) return;
    const question = { request: ++this.request, state: this.snapshot.state, track: this.selected };
    this.command({ explain: to === undefined ? question : { ...question, to } });
  }
  showTab(tab: Tab): void {
    this.tab = tab;
    this.changed();
  }
  changeView(change: Partial<View>): void {
    this.view = { ...this.view, ...change };
    history.replaceState(null, '', formatHash(this.view));
    this.changed();
  }
}
