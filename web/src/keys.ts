// Keys: everything that the mouse can do on this page.
import type { App } from './app';
import type { CoverView, LabelView } from './hash';

export interface KeyHelp {
  keys: string[];
  what: string;
}

export const keyHelp: readonly KeyHelp[] = [
  { keys: ['j', 'k'], what: 'next, previous track (those that want attention first)' },
  { keys: ['Esc'], what: 'let go of the track; close this' },
  { keys: ['e'], what: 'why do I see this track?' },
  { keys: ['1', '…', '9'], what: 'look as a state' },
  { keys: ['[', ']'], what: 'law date a day earlier, later' },
  { keys: ['{', '}'], what: 'previous, next day on which the law changes' },
  { keys: ['Space'], what: 'pause, go on' },
  { keys: ['+', '−'], what: 'faster, slower' },
  { keys: ['a'], what: 'to the list of alerts (then ↑ ↓ Enter)' },
  { keys: ['/'], what: 'find a track' },
  { keys: ['t', 's', 'c', 'x', 'o'], what: 'panels: tracks, states, accords, sensors, coverage' },
  { keys: ['f'], what: 'show all of this state’s sensors; with a track: go to it' },
  { keys: ['← ↑ → ↓', 'PgUp', 'PgDn'], what: 'move the map; nearer, farther' },
  { keys: ['v'], what: 'speed vector of 1, 3, 5 minutes' },
  { keys: ['h'], what: 'history dots on, off' },
  { keys: ['l'], what: 'labels: three lines, one line, none' },
  { keys: ['r'], what: 'what sensors see: own, all, none' },
  { keys: ['m'], what: 'what the state sees, as a map: on, off' },
  { keys: ['u', 'U'], what: 'its flight level: higher, lower' },
  { keys: ['d'], what: 'draw a section (Enter: the middle of the map)' },
  { keys: ['?'], what: 'this help' },
];

export interface KeyActions {
  help(): void;
  fit(): void;
  pan(dx: number, dy: number): void;
  zoom(step: number): void;
}

const nextOf = <T>(values: readonly T[], value: T): T => values[(values.indexOf(value) + 1) % values.length] as T;

export function bindKeys(app: App, actions: KeyActions): void {
  const focus = (selector: string) => document.querySelector<HTMLElement>(selector)?.focus();
  const bindings: Record<string, () => void> = {
    j: () => app.step(1),
    k: () => app.step(-1),
    e: () => app.explain(),
    Escape: () => (app.coverage.drawing ? app.coverage.startSection() : app.select(null)),
    '[': () => app.moveLaw(-1),
    ']': () => app.moveLaw(1),
    '{': () => app.jumpLaw(-1),
    '}': () => app.jumpLaw(1),
    ' ': () => app.togglePause(),
    '+': () => app.changeSpeed(1),
    '=': () => app.changeSpeed(1),
    '-': () => app.changeSpeed(-1),
    a: () => focus('#alerts button'),
    '/': () => {
      app.showTab('tracks');
      focus('#filter');
    },
    t: () => app.showTab('tracks'),
    s: () => app.showTab('states'),
    c: () => app.showTab('accords'),
    x: () => app.showTab('sensors'),
    o: () => app.showTab('coverage'),
    m: () => {
      app.tab = 'coverage';
      app.coverage.set({ on: !app.coverage.on });
    },
    u: () => app.coverage.stepLevel(1),
    U: () => app.coverage.stepLevel(-1),
    d: () => {
      app.tab = 'coverage';
      app.coverage.startSection();
    },
    Enter: () => app.coverage.choose(app.coverage.middle()),
    f: () => actions.fit(),
    v: () => {
      app.vectorMinutes = nextOf([1, 3, 5], app.vectorMinutes);
      app.changed();
    },
    h: () => app.changeView({ trails: !app.view.trails }),
    l: () => app.changeView({ labels: nextOf<LabelView>(['full', 'short', 'off'], app.view.labels) }),
    r: () => app.changeView({ cover: nextOf<CoverView>(['own', 'all', 'off'], app.view.cover) }),
    '?': () => actions.help(),
    ArrowLeft: () => actions.pan(-120, 0),
    ArrowRight: () => actions.pan(120, 0),
    ArrowUp: () => actions.pan(0, -120),
    ArrowDown: () => actions.pan(0, 120),
    PageUp: () => actions.zoom(0.5),
    PageDown: () => actions.zoom(-0.5),
  };
  for (let i = 1; i <= 9; i++)
    bindings[String(i)] = () => {
      const state = app.snapshot?.states[i - 1];
      if (state && app.scene?.may_look_as !== false) app.lookAs(state);
    };

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    const target = event.target as HTMLElement;
    if (document.querySelector('dialog[open]')) return;
    if (target.matches('input, select, textarea')) {
      if (event.key === 'Escape') target.blur();
      return;
    }
    // A focused button keeps space and enter; elsewhere space pauses.
    if ((event.key === ' ' || event.key === 'Enter') && target.matches('button, summary')) return;
    if (event.key === 'Enter' && !app.coverage.drawing) return;
    const action = bindings[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
