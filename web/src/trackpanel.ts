// One track: what it is, and by whose sensors and which clause we see it.
import type { App } from './app';
import { clock, course, groundSpeed, height, identityNames, isOwn, knots, position, trackName } from './format';
import { h, setChildren } from './dom';
import { stateName } from './topbar';
import type { Source, Track } from './protocol';

export function makeTrackPanel(app: App): { element: HTMLElement; update(): void } {
  const element = h('div', { class: 'track-panel', id: 'track' });
  const update = () => {
    const { snapshot, selected } = app;
    const track = app.track(selected);
    if (!snapshot || selected === null) {
      setChildren(element, 'none', () => [
        h('p', { class: 'none' }, 'Click a track on the map, or press j and k to go from one to the next.'),
      ]);
      return;
    }
    if (!track) {
      setChildren(element, `gone ${selected}`, () => [h('p', { class: 'none' }, `Track ${selected} is not in this picture any more.`)]);
      return;
    }
    setChildren(element, JSON.stringify([track, app.explanation, snapshot.state]), () => [
      heading(track),
      facts(track, snapshot.state),
      h('h3', {}, 'Seen through'),
      ...track.sources.map((source) => sourceCard(source, snapshot.state)),
      explanation(app, snapshot.states.filter((state) => state !== snapshot.state)),
    ]);
  };
  return { element, update };
}

function heading(t: Track): HTMLElement {
  return h('div', { class: 'track-title' },
    h('strong', { id: 'track-name' }, trackName(t)),
    h('span', { class: `identity ${t.identity}` }, identityNames[t.identity]),
    t.emergency && h('span', { class: 'emergency-badge' }, `EMERGENCY ${t.emergency}`),
    t.coasting && h('span', { class: 'badge' }, 'coasting'),
    t.simulated && h('span', { class: 'badge' }, 'SIM'),
  );
}

function facts(t: Track, state: string): HTMLElement {
  const rows: [string, string | undefined][] = [
    ['Height', height(t).replace('F---', 'not known')],
    ['Vertical', t.vr === undefined ? undefined : `${t.vr > 0 ? '+' : ''}${Math.round((t.vr / 0.3048) * 60 / 50) * 50} ft/min`],
    ['Speed', `${knots(groundSpeed(t))} kt`],
    ['Course', course(t) === null ? undefined : `${String(course(t)).padStart(3, '0')}°`],
    ['Mode 3/A', t.mode3a],
    ['Address', t.address],
    ['Class', t.class === 'unknown' ? 'not known' : t.class],
    ['Over', t.airspace ? stateName(t.airspace) : 'no state known here'],
    ['Position', position(t.lat, t.lon)],
    ['1σ', t.sigma_m === null ? undefined : `${Math.round(t.sigma_m)} m`],
    ['Since', `${clock(t.since)}Z`],
    ['Number', `${t.n} (${state})`],
  ];
  if (t.primary_only) rows.push(['Detection', 'primary only, no transponder']);
  return h('dl', { class: 'facts' }, ...rows.filter(([, v]) => v !== undefined).flatMap(([k, v]) => [h('dt', {}, k), h('dd', {}, v)]));
}

function sourceCard(source: Source, state: string): HTMLElement {
  const own = isOwn(source, state);
  const handed = source.via && source.via !== source.originator && !own;
  return h('div', { class: own ? 'source own' : 'source foreign' },
    h('div', { class: 'source-title' },
      h('span', { class: 'ring', 'aria-hidden': 'true' }, own ? '●' : '○'),
      h('strong', {}, own ? `Own sensors (${state})` : stateName(source.originator)),
      handed && h('span', { class: 'dim' }, `handed over by ${stateName(source.via)}`),
      h('span', { class: 'num dim last' }, `${source.last.slice(11, 19)}`),
    ),
    h('div', { class: source.sensors.length > 0 ? 'sensors-line' : 'sensors-line dim' }, source.sensors.join(', ') || 'sensors not named'),
    ...source.clauses.map((clause, i) =>
      h('div', { class: 'clause' }, h('span', { class: 'dim' }, i === 0 ? 'by' : 'then'), h('code', {}, clause)),
    ),
    source.coarsening !== '' && h('div', { class: 'dim' }, `Coarsened: ${source.coarsening}`),
    ...source.assumed.map((text) => h('div', { class: 'assumed-line' }, h('em', { class: 'assumed' }, 'assumed'), text)),
    h('div', { class: 'dim small' }, own ? `local track ${source.n}` : `their number here ${source.n}`),
  );
}

/** Why we see it; and, for our own people alone, who else gets it and why, term by term, also where it is withheld. */
function explanation(app: App, others: string[]): HTMLElement {
  const answer = app.explanation;
  return h('div', { class: 'explain' },
    h('button', { id: 'explain', title: 'Ask the node why (e)', onclick: () => app.explain() }, 'Why do I see this?'),
    others.length > 0 && h('div', { class: 'who-gets', role: 'group', 'aria-label': 'Who gets this, and why' },
      h('span', { class: 'dim' }, 'Who gets it?'),
      ...others.map((state) => h('button', {
        class: 'small', id: `gets-${state}`, title: `Why ${stateName(state)} gets this track from us, or does not`,
        'aria-pressed': String(answer?.to === state), onclick: () => app.explain(state),
      }, state)),
    ),
    answer && (answer.to === undefined
      ? h('ul', {}, ...answer.lines.map((line) => h('li', {}, line)))
      : h('div', { class: 'reasons', id: 'reasons' }, ...answer.lines.map(reason))),
  );
}

/** One line of the reasoning: deeper ones are indented, and what was decided stands out. */
function reason(line: string): HTMLElement {
  const depth = (line.length - line.trimStart().length) / 2;
  const kind = /(released under|: released|granted:)/.test(line) ? 'yes' : /(withheld|not granted|outside|applies|does not hold)/.test(line) && !/does not apply/.test(line) ? 'no' : '';
  return h('div', { class: `reason ${kind}`, style: `padding-left: ${depth * 10}px` }, line.trim());
}
