// The bar at the top: what is simulated, who looks, under which law, at what time, how fast.
import { speeds, type App } from './app';
import { clock, day } from './format';
import { h, setChildren, setText } from './dom';

const stateNames: Record<string, string> = {
  RUS: 'Russia', BLR: 'Belarus', KAZ: 'Kazakhstan', ARM: 'Armenia', TJK: 'Tajikistan', KGZ: 'Kyrgyzstan', UZB: 'Uzbekistan', TKM: 'Turkmenistan',
};
export const stateName = (code: string): string => stateNames[code] ?? code;

const modeWords = { simulated: 'SIMULATED', recording: 'RECORDING', live: 'LIVE' } as const;
export const speedText = (speed: number): string => (speed === 0 ? 'max' : `${speed}×`);

export function makeTopBar(root: HTMLElement, app: App, actions: { help(): void }): () => void {
  const mode = h('span', { class: 'mode', id: 'mode' });
  const states = h('div', { class: 'states', role: 'radiogroup', 'aria-label': 'Look as' });
  const law = makeLaw(app);
  const clockText = h('time', { id: 'clock', class: 'clock' });
  const date = h('span', { class: 'dim' });
  const pause = h('button', { id: 'pause', title: 'Pause or go on (space)', onclick: () => app.togglePause() });
  const speed = h('select', {
    id: 'speed', 'aria-label': 'Speed', title: 'Speed (+ and −)',
    onchange: (event) => app.setSpeed(Number((event.target as HTMLSelectElement).value)),
  });
  for (const s of speeds) speed.append(h('option', { value: s }, speedText(s)));
  const pace = h('div', { class: 'group' }, pause, speed);

  root.append(
    h('div', { class: 'brand' }, h('strong', {}, 'asman'), mode),
    h('div', { class: 'group' }, h('span', { class: 'caption' }, 'Look as'), states),
    law.element,
    h('div', { class: 'space' }),
    h('div', { class: 'group time' }, clockText, date),
    pace,
    h('button', { id: 'help-button', title: 'Keys and symbols (?)', 'aria-label': 'Help', onclick: actions.help }, '?'),
  );

  return () => {
    const { snapshot, scene } = app;
    root.hidden = false;
    if (!snapshot) return;
    setText(mode, modeWords[snapshot.mode]);
    mode.className = `mode ${snapshot.mode}`;
    setChildren(states, snapshot.states.join() + String(scene?.may_look_as), () =>
      snapshot.states.map((state, i) =>
        h('button', {
          role: 'radio', class: 'state', id: `as-${state}`, title: `${stateName(state)} (${i + 1})`,
          disabled: scene?.may_look_as === false, onclick: () => app.lookAs(state),
        }, state),
      ),
    );
    for (const button of states.children) button.setAttribute('aria-checked', String(button.textContent === snapshot.state));
    law.update();
    setText(clockText, `${clock(snapshot.time)}Z`);
    setText(date, day(snapshot.time));
    pace.hidden = scene?.may_pace === false;
    setText(pause, snapshot.paused ? '▶ Go on' : '❚❚ Pause');
    pause.setAttribute('aria-pressed', String(snapshot.paused));
    if (document.activeElement !== speed) {
      const known = speeds.some((s) => s === snapshot.speed);
      if (!known && ![...speed.options].some((o) => Number(o.value) === snapshot.speed))
        speed.append(h('option', { value: snapshot.speed }, speedText(snapshot.speed)));
      speed.value = String(snapshot.speed);
    }
  };
}

function makeLaw(app: App): { element: HTMLElement; update(): void } {
  // A text field shows the day as the rest of the page does, whatever the browser's language; the calendar is beside it.
  const input: HTMLInputElement = h('input', {
    type: 'text', id: 'law-date', 'aria-label': 'Law date, year-month-day', pattern: '\\d{4}-\\d{2}-\\d{2}', maxlength: 10, spellcheck: 'false', autocomplete: 'off',
    onchange: (event) => take((event.target as HTMLInputElement).value.trim()),
    onkeydown: (event) => (event as KeyboardEvent).key === 'Enter' && take(input.value.trim()),
  });
  const take = (text: string) => {
    if (text === day(app.snapshot?.law_time ?? '') || text === app.lawWanted) return;
    if (Number.isNaN(Date.parse(`${text}T00:00:00Z`))) app.say(`'${text}' is not a day like 2026-06-30`);
    else app.setLaw(text);
  };
  const calendar = h('input', { type: 'date', class: 'calendar', tabindex: '-1', 'aria-hidden': 'true', onchange: (event) => app.setLaw((event.target as HTMLInputElement).value) });
  const pick = h('button', {
    title: 'Choose a day', 'aria-label': 'Choose a day',
    onclick: () => {
      calendar.value = day(app.snapshot?.law_time ?? '');
      calendar.showPicker();
    },
  }, '▾');
  const button = (id: string, text: string, title: string, action: () => void) => h('button', { id, title, 'aria-label': title, onclick: action }, text);
  const list = h('div', { class: 'popover', role: 'list', 'aria-label': 'Days on which the law changes' });
  const changes = h('details', { id: 'law-changes', class: 'changes' }, h('summary', { title: 'Days on which the law changes' }, 'Changes'), list);
  const controls = [
    button('law-back', '◀', 'A day earlier ([)', () => app.moveLaw(-1)),
    h('span', { class: 'date-field' }, input, pick, calendar),
    button('law-forward', '▶', 'A day later (])', () => app.moveLaw(1)),
    changes,
  ];
  const fixed = h('span', { class: 'fixed' });
  const element = h('div', { class: 'group law' }, h('span', { class: 'caption' }, 'Law of'), ...controls, fixed);
  document.addEventListener('click', (event) => {
    if (!changes.contains(event.target as Node)) changes.open = false;
  });
  const update = () => {
    const { snapshot, scene } = app;
    if (!snapshot) return;
    const now = day(snapshot.law_time);
    const may = scene?.may_move_law !== false;
    for (const control of controls) control.hidden = !may;
    fixed.hidden = may;
    setText(fixed, now);
    if (document.activeElement !== input || input.value === app.lawWanted) input.value = app.lawWanted || now;
    element.classList.toggle('pending', app.lawWanted !== '');
    setChildren(list, now + JSON.stringify(scene?.law_changes ?? []), () =>
      (scene?.law_changes ?? []).length === 0
        ? ['No changes known']
        : (scene?.law_changes ?? []).map((change) =>
            h('button', {
              class: change.date === now ? 'row here' : 'row', role: 'listitem',
              onclick: () => {
                app.setLaw(change.date);
                changes.open = false;
              },
            },
            h('span', { class: 'num' }, change.date),
            h('span', {}, `${change.accord}: ${change.what}`, change.assumed && h('em', { class: 'assumed' }, 'assumed date')),
            ),
          ),
    );
  };
  return { element, update };
}
