// The column beside the map: alerts above, and one of several panels below.
import { tabs, type App, type Tab } from './app';
import { makeAlerts } from './alerts';
import { makeCoverage } from './coverpanel';
import { h, setText } from './dom';
import { makeAccords, makeSensors, makeStates, makeTrackList, type Panel } from './lists';
import { makeTrackPanel } from './trackpanel';

const titles: Record<Tab, string> = { track: 'Track', tracks: 'Tracks', states: 'States', accords: 'Accords', sensors: 'Sensors', coverage: 'Cover' };

export function makeSide(root: HTMLElement, app: App, announce: (text: string) => void): () => void {
  const alerts = makeAlerts(app, announce);
  const panels: Record<Tab, Panel> = {
    track: makeTrackPanel(app),
    tracks: makeTrackList(app),
    states: makeStates(app),
    accords: makeAccords(app),
    sensors: makeSensors(app),
    coverage: makeCoverage(app),
  };
  const buttons = new Map(
    tabs.map((tab) => [tab, h('button', { role: 'tab', id: `tab-${tab}`, 'aria-controls': `panel-${tab}`, onclick: () => app.showTab(tab) }, titles[tab])]),
  );
  const strip = h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Panels' }, ...buttons.values());
  strip.addEventListener('keydown', (event) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const next = tabs[(tabs.indexOf(app.tab) + step + tabs.length) % tabs.length];
    if (next) {
      app.showTab(next);
      buttons.get(next)?.focus();
    }
    event.preventDefault();
  });
  const below = h('section', { class: 'below' }, strip);
  for (const tab of tabs) {
    const { element } = panels[tab];
    const frame = h('div', { role: 'tabpanel', id: `panel-${tab}`, 'aria-labelledby': `tab-${tab}`, class: 'frame' }, element);
    below.append(frame);
  }
  root.append(alerts.element, below);

  return () => {
    alerts.update();
    for (const tab of tabs) {
      const here = tab === app.tab;
      buttons.get(tab)?.setAttribute('aria-selected', String(here));
      buttons.get(tab)?.setAttribute('tabindex', here ? '0' : '-1');
      const frame = panels[tab].element.parentElement;
      if (frame) frame.hidden = !here;
      if (here) panels[tab].update();
    }
    const tracks = app.snapshot?.tracks.length;
    const button = buttons.get('tracks');
    if (button) setText(button, tracks === undefined ? 'Tracks' : `Tracks ${tracks}`);
  };
}
