// The list of alerts: open ones first, the newest on top; choosing one selects its track.
import type { App } from './app';
import { alertNames, clock, isEmergency, span, trackName } from './format';
import { arrowKeys, h, setText, syncRows } from './dom';
import type { Alert } from './protocol';

const marks: Record<Alert['kind'], string> = {
  emergency_code: '◉',
  border_approach: '⇥',
  border_crossed: '⇹',
  zone_entry: '▣',
  unidentified: '?',
};

export function makeAlerts(app: App, announce: (text: string) => void): { element: HTMLElement; update(): void } {
  const title = h('h2', {}, 'Alerts');
  const list = h('div', { class: 'list', id: 'alerts', role: 'list' });
  const none = h('p', { class: 'none' }, 'Nothing to report.');
  arrowKeys(list);
  const element = h('section', { class: 'alerts', 'aria-label': 'Alerts' }, title, none, list);
  let told: { state: string; numbers: Set<number> } | undefined;

  const update = () => {
    const { snapshot } = app;
    if (!snapshot) return;
    const order = [...snapshot.alerts].sort(
      (a, b) => Number(b.open) - Number(a.open) || Number(isEmergency(b)) - Number(isEmergency(a)) || b.raised.localeCompare(a.raised) || b.n - a.n,
    );
    const open = order.filter((a) => a.open).length;
    setText(title, open > 0 ? `Alerts · ${open} open` : 'Alerts');
    none.hidden = order.length > 0;
    syncRows(list, order.slice(0, 60), (a) => String(a.n), (a) => makeRow(app, a), (row, a) => fillRow(app, row, a));
    tell(snapshot.state, order);
  };

  /** New alerts are said once, for those who listen rather than look. */
  function tell(state: string, order: Alert[]): void {
    const numbers = new Set(order.filter((a) => a.open).map((a) => a.n));
    if (told?.state === state) {
      const fresh = order.filter((a) => a.open && !told?.numbers.has(a.n));
      if (fresh.length > 0) announce(fresh.map((a) => `${alertNames[a.kind]} ${a.detail} ${name(app, a)}`).join('. '));
    }
    told = { state, numbers };
  }
  return { element, update };
}

const name = (app: App, a: Alert): string => {
  const track = app.track(a.track);
  return track ? trackName(track) : `#${a.track}`;
};

function makeRow(app: App, alert: Alert): HTMLElement {
  return h('button', { class: 'row alert', role: 'listitem', onclick: () => app.select(alert.track, true) },
    h('span', { class: 'mark', 'aria-hidden': 'true' }, marks[alert.kind]),
    h('span', { class: 'what' }),
    h('span', { class: 'who' }),
    h('span', { class: 'detail' }),
    h('span', { class: 'num when' }),
  );
}

function fillRow(app: App, row: HTMLElement, alert: Alert): void {
  row.classList.toggle('emergency', isEmergency(alert) && alert.open);
  row.classList.toggle('closed', !alert.open);
  row.classList.toggle('here', alert.track === app.selected);
  const part = (className: string, text: string) => {
    const element = row.querySelector(`.${className}`);
    if (element) setText(element, text);
  };
  part('what', alertNames[alert.kind]);
  part('who', name(app, alert));
  const warning = alert.warning_s !== undefined && alert.open ? `in ${span(alert.warning_s)}` : '';
  part('detail', [alert.detail, warning, alert.open ? '' : 'closed'].filter(Boolean).join(' · '));
  part('when', clock(alert.raised));
}
