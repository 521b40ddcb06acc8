// The lists beside the map: tracks, states, accords, sensors.
import type { App } from './app';
import { groundSpeed, height, identityNames, knots, origin, trackName } from './format';
import { arrowKeys, h, setText, syncRows } from './dom';
import { stateName } from './topbar';
import type { Accord, Sensor, StateLine, Track } from './protocol';

export interface Panel {
  element: HTMLElement;
  update(): void;
}

const set = (row: HTMLElement, className: string, text: string): void => {
  const element = row.querySelector(`.${className}`);
  if (element) setText(element, text);
};

/** All tracks in words, the same that the map shows; a filter narrows it. */
export function makeTrackList(app: App): Panel {
  const filter = h('input', { type: 'search', id: 'filter', placeholder: 'Callsign, code, state…  (/)', 'aria-label': 'Filter tracks', oninput: () => update() });
  const list = h('div', { class: 'list', id: 'tracks', role: 'list' });
  arrowKeys(list);
  const element = h('div', { class: 'panel' }, filter, list);
  const update = () => {
    const { snapshot } = app;
    if (!snapshot || element.hidden) return;
    const wanted = filter.value.trim().toUpperCase();
    const text = (t: Track) =>
      [t.callsign, t.mode3a, t.address, t.airspace, identityNames[t.identity], `#${t.n}`, ...t.sources.map((s) => s.originator)].join(' ').toUpperCase();
    const shown = app.orderedTracks().filter((t) => !wanted || text(t).includes(wanted));
    syncRows(list, shown.slice(0, 400), (t) => String(t.n),
      (t) => h('button', { class: 'row track', role: 'listitem', onclick: () => app.select(t.n, true) },
        h('span', { class: 'who' }), h('span', { class: 'num height' }), h('span', { class: 'num speed' }), h('span', { class: 'origin dim' })),
      (row, t) => {
        row.classList.toggle('here', t.n === app.selected);
        row.classList.toggle('emergency', t.emergency !== undefined);
        set(row, 'who', t.emergency ? `${trackName(t)} !${t.emergency}` : trackName(t));
        set(row, 'height', height(t));
        set(row, 'speed', knots(groundSpeed(t)));
        set(row, 'origin', origin(t, snapshot.state));
      });
  };
  return { element, update };
}

/** What each state sees alone, and with the others. */
export function makeStates(app: App): Panel {
  const body = h('tbody', { id: 'states' });
  const element = h('div', { class: 'panel' },
    h('table', {},
      h('thead', {}, h('tr', {}, ...['State', 'Sensors', 'Plots/s', 'Alone', 'Joint', 'Gain', 'Alerts'].map((text) => h('th', { scope: 'col' }, text)))),
      body,
    ),
    h('p', { class: 'note' }, 'Alone: tracks of own sensors. Joint: with what accords release. Gain: tracks that no own sensor sees.'),
  );
  const update = () => {
    if (!app.snapshot) return;
    syncRows(body, app.snapshot.lines, (line) => line.state,
      () => h('tr', {}, ...Array.from({ length: 7 }, (_, i) => h('td', { class: i > 0 ? 'num' : '' }))),
      (row, line: StateLine) => {
        row.classList.toggle('here', line.state === app.state);
        const texts = [line.state, line.sensors, line.reports_per_s.toFixed(0), line.local_tracks, line.joint_tracks,
          line.through_accords > 0 ? `+${line.through_accords}` : '0', line.open_alerts];
        texts.forEach((text, i) => row.children[i] && setText(row.children[i], String(text)));
      });
  };
  return { element, update };
}

/** Accords and their standing at the law date; a mark and a word, not a colour, tell what is in force. */
export function makeAccords(app: App): Panel {
  const list = h('div', { class: 'list', id: 'accords', role: 'list' });
  const timeline = h('img', { id: 'timeline', alt: 'The life of each accord: signed, in force, suspended, ended', title: 'Click to see it large' }) as HTMLImageElement;
  timeline.addEventListener('click', () => window.open(timeline.src, '_blank', 'noopener'));
  const life = h('details', { class: 'timeline' }, h('summary', {}, 'Timeline'), timeline);
  let drawn = '';
  const element = h('div', { class: 'panel' }, list, life);
  const mark = (state: string) => (state === 'operative' ? '●' : state === 'suspended' ? '◐' : state === 'ended' ? '✕' : state === 'sealed' ? '▦' : '○');
  const update = () => {
    if (!app.snapshot) return;
    const svg = app.scene?.timeline ?? '';
    life.hidden = svg === '';
    if (svg !== drawn) {
      drawn = svg;
      URL.revokeObjectURL(timeline.src);
      timeline.src = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
    }
    syncRows(list, app.snapshot.accords, (a) => a.id,
      () => h('div', { class: 'row accord', role: 'listitem' },
        h('span', { class: 'mark', 'aria-hidden': 'true' }), h('span', { class: 'title' }), h('span', { class: 'standing' }),
        h('code', { class: 'id' }), h('span', { class: 'parties dim' })),
      (row, a: Accord) => {
        row.classList.toggle('operative', a.state === 'operative');
        set(row, 'mark', mark(a.state));
        set(row, 'title', a.title || a.id);
        set(row, 'id', a.id);
        set(row, 'standing', a.certainty === 'assumed' ? `${a.state} (assumed)` : a.state);
        set(row, 'parties', a.parties.join(' '));
      });
  };
  return { element, update };
}

/** Sensors: own, and others' that reach us by a clause. */
export function makeSensors(app: App): Panel {
  const list = h('div', { class: 'list', id: 'sensors', role: 'list' });
  const note = h('p', { class: 'note' });
  const element = h('div', { class: 'panel' }, list, note);
  const update = () => {
    const { snapshot } = app;
    if (!snapshot) return;
    const heights = [...new Set((app.scene?.cover ?? []).map((cover) => cover.label))];
    setText(note, `Outlines: ${heights.length > 0 ? `the farthest that each sees at ${heights.join(', ')}` : 'instrumented range'} (r: own, all, none).`);
    const rank = (s: Sensor) => (s.mine ? 0 : s.via.length > 0 ? 1 : 2);
    const order = [...snapshot.sensors].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
    syncRows(list, order, (s) => String(s.id),
      (s) => h('button', {
        class: 'row sensor', role: 'listitem',
        onclick: () => s.lat !== undefined && s.lon !== undefined && app.centreOn(s.lat, s.lon),
      }, h('span', { class: 'mark', 'aria-hidden': 'true' }), h('span', { class: 'title' }), h('span', { class: 'standing' }), h('span', { class: 'via dim' })),
      (row, s) => {
        row.classList.toggle('far', rank(s) === 2);
        set(row, 'mark', s.mine ? '▲' : '△');
        set(row, 'title', s.name);
        set(row, 'standing', s.health === 'unknown' ? '' : s.health);
        const site = s.host && s.host !== s.owner ? ` · stands in ${stateName(s.host)}` : '';
        const range = s.range_m > 0 ? ` · ${Math.round(s.range_m / 1852)} NM` : '';
        set(row, 'via', `${s.kind.replace('_', ' ')}${range}${site}${s.mine ? '' : s.via.length > 0 ? ` · by ${s.via.join(', ')}` : ' · nothing released'}`);
      });
  };
  return { element, update };
}
