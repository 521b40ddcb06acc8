// The coverage panel: what a state sees at a level, under the law of a day against that of another, with the figures; a
// section along a line; the places of a siting.
import type { App } from './app';
import type { Coverage } from './coverage';
import { h, setChildren, setText } from './dom';
import { day } from './format';
import type { Panel } from './lists';
import { sectionView } from './section';
import { makeSiting } from './siting';
import { figures, grouped, levelOf, ownSensors, partnersOf, sightOf, type Sight, type SightEpoch, type SightLevel, type StateSight } from './sight';

const percent = (share: number) => `${Math.round(share * 100)} %`;

export function makeCoverage(app: App): Panel {
  const c = app.coverage;
  const toggle = h('input', { type: 'checkbox', id: 'sight-on', onchange: () => c.set({ on: toggle.checked }) });
  const levels = h('div', { class: 'levels', role: 'radiogroup', 'aria-label': 'Flight level' });
  // One stop for Tab; arrows move within, as among radio buttons.
  levels.addEventListener('keydown', (event) => {
    const step = event.key === 'ArrowRight' || event.key === 'ArrowUp' ? 1 : event.key === 'ArrowLeft' || event.key === 'ArrowDown' ? -1 : 0;
    if (step === 0) return;
    c.stepLevel(step);
    levels.querySelector<HTMLElement>('[aria-checked="true"]')?.focus();
    event.preventDefault();
  });
  const source = h('select', { id: 'sight-source', 'aria-label': 'Seen by whose sensors', onchange: () => c.set({ on: true, source: source.value }) });
  const slider = h('input', {
    type: 'range', id: 'sight-after', min: 0, max: 0, step: 1, 'aria-label': 'Law of which day',
    oninput: () => c.set({ on: true, after: Number(slider.value) }),
    onchange: () => c.follow && c.moveLaw(),
  });
  const label = h('output', { id: 'sight-date', for: 'sight-after' });
  const ticks = h('div', { class: 'ticks', 'aria-hidden': 'true' });
  const changes = h('p', { class: 'note', id: 'sight-changes' });
  const compare = h('select', { id: 'sight-before', 'aria-label': 'Compare with', onchange: () => c.set({ on: true, before: compare.value === '' ? null : Number(compare.value) }) });
  const follow = h('input', { type: 'checkbox', id: 'sight-follow', onchange: () => c.set({ follow: follow.checked }) });
  const followLabel = h('label', { class: 'check' }, follow, 'the tracks follow this day');
  const facts = h('div', { id: 'sight-figures' });
  const note = h('p', { class: 'note' });
  const controls = h('div', { class: 'sight-controls' },
    h('label', { class: 'check' }, toggle, 'show on the map'),
    levels,
    h('label', { class: 'compare' }, h('span', { class: 'caption' }, 'Seen by'), source),
    h('div', { class: 'slider' }, h('div', { class: 'slider-head' }, h('span', { class: 'caption' }, 'Law of'), label), slider, ticks),
    changes,
    h('label', { class: 'compare' }, h('span', { class: 'caption' }, 'Compare with'), compare),
    followLabel,
  );
  const draw = h('button', { id: 'section-draw', title: 'Draw a section: two places on the map (d)', onclick: () => c.startSection() }, 'Draw a section');
  const target = h('select', { id: 'section-target', 'aria-label': 'Target of the section', onchange: () => c.setTarget(target.value === 'airliner' ? 'airliner' : 'intruder') },
    h('option', { value: 'intruder' }, 'target without transponder'), h('option', { value: 'airliner' }, 'airliner'));
  const hint = h('p', { class: 'note', id: 'section-hint', role: 'status' });
  const section = h('div', { id: 'section' });
  const siting = makeSiting(c);
  const waiting = h('p', { class: 'none' });
  const keyline = legend();
  const cut = h('div', {}, h('h3', {}, 'Section'), h('div', { class: 'group' }, draw, target), hint, section);
  const element = h('div', { class: 'panel coverage' },
    waiting, controls, keyline, facts, note, cut,
    siting.element,
  );

  const update = () => {
    const { snapshot } = app;
    if (!snapshot) return;
    const data = c.data();
    const there = data !== undefined;
    controls.hidden = keyline.hidden = !there;
    waiting.hidden = there;
    if (!there) setText(waiting, c.offered() ? 'The maps are being made: it takes about a minute.' : 'This node makes no maps of coverage: it knows too little of terrain and sensors.');
    cut.hidden = !c.offered();
    toggle.checked = c.on;
    follow.checked = c.follow;
    followLabel.hidden = app.scene?.may_move_law === false;
    if (data) fill(data);
    facts.hidden = note.hidden = !there || !c.on;
    setText(draw, c.drawing ? 'Cancel' : 'Draw a section');
    draw.setAttribute('aria-pressed', String(c.drawing));
    if (target.value !== c.target) target.value = c.target;
    setText(hint, c.drawing
      ? c.ends.length === 0 ? 'Click where the section begins, or press Enter for the middle of the map.' : 'Click where it ends, or move the map and press Enter.'
      : '');
    if (setChildren(section, c.section ? String(c.section.request) : '', () => (c.section ? [sectionView(c.section)] : [])) && c.section)
      section.scrollIntoView({ block: 'nearest' });
    siting.update();
  };

  function fill(data: StateSight): void {
    const shown = sightOf(data, c.after);
    setChildren(levels, (shown?.levels ?? []).map((l) => l.flight_level).join(), () =>
      (shown?.levels ?? []).map((l) => h('button', {
        role: 'radio', class: 'level', 'data-level': l.flight_level, onclick: () => c.set({ on: true, level: l.flight_level }),
      }, `FL${String(l.flight_level).padStart(3, '0')}`)));
    for (const button of levels.children) {
      const chosen = Number(button.getAttribute('data-level')) === c.level;
      button.setAttribute('aria-checked', String(chosen));
      button.setAttribute('tabindex', chosen ? '0' : '-1');
    }
    const last = data.epochs.length - 1;
    if (slider.max !== String(last)) slider.max = String(last);
    if (Number(slider.value) !== c.after) slider.value = String(c.after);
    const epoch = data.epochs[c.after];
    const date = day(epoch?.from ?? '');
    setText(label, date);
    slider.setAttribute('aria-valuetext', `${date}: ${epoch?.changes.join('; ') || 'before the first change'}`);
    setText(changes, epoch?.changes.join('; ') || 'Before the first change.');
    setChildren(ticks, data.epochs.map((e) => e.from).join(), () =>
      data.epochs.map((e, i) => h('span', { class: e.sight ? 'tick' : 'tick minor', style: `left:${last > 0 ? (100 * i) / last : 0}%` })));
    setChildren(compare, data.epochs.map((e) => e.from).join(), () => [
      h('option', { value: '' }, 'nothing'),
      ...data.epochs.map((e, i) => h('option', { value: i }, optionText(e))),
    ]);
    compare.value = c.before === null ? '' : String(c.before);
    const now = levelOf(shown, c.level);
    const beforeSight = c.before === null ? undefined : sightOf(data, c.before);
    const was = levelOf(beforeSight, c.level);
    const partners = partnersOf(shown, beforeSight);
    setChildren(source, partners.join(), () => [
      h('option', { value: '' }, 'all whose tracks reach it'),
      h('option', { value: ownSensors }, 'its own sensors'),
      ...partners.map((name) => h('option', { value: name }, `${name}, through accords`)),
    ]);
    if (c.source !== ownSensors && !partners.includes(c.source)) c.source = '';
    source.value = c.source;
    const maps = c.maps();
    setChildren(facts, maps?.key ?? '', () => (now ? table(now, was, shown, beforeSight, maps, c.source) : []));
    setText(note, `${data.target.transponder ? 'A target with transponder' : `A target without transponder of ${data.target.rcs_m2} m²`}; warning: ${data.warning.speed_mps} m/s at FL${data.warning.flight_level}, in time ${data.warning.in_time_s} s before the border. Land and 400 km around. Cells of ${data.cell_m / 1000} km; terrain: ${data.terrain}. Where sensors are notional, so are the figures.`);
  }
  return { element, update };
}

const optionText = (e: SightEpoch) => `${day(e.from)}  ${e.changes[0] ?? ''}`.slice(0, 60);

function legend(): HTMLElement {
  const item = (kind: string, text: string) => h('span', { class: 'key-item' }, h('span', { class: `swatch ${kind}` }), text);
  return h('p', { class: 'keyline', 'aria-label': 'Legend of the areas' },
    item('own', 'own sensors'), item('accord', 'through accords'), item('gained', 'gained'), item('lost', 'lost'), item('nobody', 'not seen'));
}

function table(now: SightLevel, was: SightLevel | undefined, sight: Sight | undefined, before: Sight | undefined,
  maps: ReturnType<Coverage['maps']>, source: string): HTMLElement[] {
  const rows: [string, string, string][] = [];
  const arrow = (a: string | undefined, b: string) => (a === undefined || a === b ? b : `${a} → ${b}`);
  rows.push(['Seen', arrow(was && grouped(was.area_km2), grouped(now.area_km2)), 'km²']);
  rows.push(['by own sensors', arrow(was && grouped(was.own_km2), grouped(now.own_km2)), 'km²']);
  rows.push(['by two or more', arrow(was && grouped(was.area_by_2_km2), grouped(now.area_by_2_km2)), 'km²']);
  rows.push(['of its land', arrow(was && grouped(was.land_km2), grouped(now.land_km2)), 'km²']);
  if (maps?.before) {
    const d = figures(maps.after, maps.before);
    const whose = source === '' ? '' : source === ownSensors ? ' by own sensors' : ` through ${source}`;
    rows.push([`gained${whose}`, grouped(d.gained), 'km²'], [`lost${whose}`, grouped(d.lost), 'km²']);
  }
  if (sight) {
    rows.push(['mean warning', arrow(before && grouped(before.warning.mean_s), grouped(sight.warning.mean_s)), 's']);
    rows.push(['approaches in time', arrow(before && percent(before.warning.share_in_time), percent(sight.warning.share_in_time)), '']);
  }
  const partners = Object.entries(now.by_partner);
  return [
    h('table', { class: 'figures' }, h('tbody', {}, ...rows.map(([name, value, unit]) =>
      h('tr', {}, h('th', { scope: 'row' }, name), h('td', { class: 'num' }, value), h('td', { class: 'dim' }, unit))))),
    ...(partners.length > 0
      ? [h('table', { class: 'figures' },
          h('thead', {}, h('tr', {}, ...['By partner', 'alone', 'share', 'vanishes without'].map((t) => h('th', { scope: 'col' }, t)))),
          h('tbody', {}, ...partners.map(([name, g]) => h('tr', {}, h('th', { scope: 'row' }, name),
            ...[g.adds_alone_km2, g.share_km2, g.vanishes_without_km2].map((v) => h('td', { class: 'num' }, grouped(v)))))))]
      : []),
    ...(sight?.findings ?? []).slice(0, 3).map((text) => h('p', { class: 'finding' }, text)),
  ];
}

