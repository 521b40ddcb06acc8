// Help over the page: keys and symbols. The legend on the map is the short form of the latter.
import { identityNames } from './format';
import { keyHelp } from './keys';
import { h } from './dom';
import { drawSensor, drawSymbol, type SymbolStyle } from './symbols';
import type { Identity } from './protocol';

const plain: SymbolStyle = { identity: 'unknown', sight: 'own', coasting: false, emergency: false, alert: false, selected: false };

function picture(draw: (c: CanvasRenderingContext2D) => void, size = 34): HTMLCanvasElement {
  const ratio = window.devicePixelRatio || 1;
  const canvas = h('canvas', { width: size * ratio, height: size * ratio, style: `width:${size}px;height:${size}px`, 'aria-hidden': 'true' });
  const c = canvas.getContext('2d');
  if (c) {
    c.scale(ratio, ratio);
    draw(c);
  }
  return canvas;
}
const symbol = (style: Partial<SymbolStyle>) => picture((c) => drawSymbol(c, 17, 19, { ...plain, ...style }));
const sensor = (mine: boolean, heard: boolean, silent = false) => picture((c) => drawSensor(c, 17, 19, mine, heard, silent ? 'silent' : 'operating'));
const item = (image: HTMLElement, text: string) => h('div', { class: 'legend-item' }, image, h('span', {}, text));

export function legendItems(): HTMLElement[] {
  const identities: Identity[] = ['friend', 'assumed_friend', 'neutral', 'unknown', 'pending', 'suspect', 'hostile'];
  return [
    ...identities.map((identity) => item(symbol({ identity }), identityNames[identity])),
    item(symbol({ identity: 'neutral', sight: 'own' }), 'seen by own sensors'),
    item(symbol({ identity: 'neutral', sight: 'foreign' }), 'only through an accord'),
    item(symbol({ identity: 'neutral', sight: 'both' }), 'by both'),
    item(symbol({ identity: 'neutral', coasting: true }), 'coasting'),
    item(symbol({ alert: true }), 'alert open'),
    item(symbol({ emergency: true }), 'emergency'),
    item(sensor(true, true), 'own sensor'),
    item(sensor(false, true), 'released to us'),
    item(sensor(false, false), 'nothing released'),
    item(sensor(true, true, true), 'silent'),
  ];
}

/** A legend that folds away and stays so; open on first sight. */
export function makeLegend(): HTMLElement {
  const short: [Partial<SymbolStyle>, string][] = [
    [{ identity: 'friend' }, 'friend'],
    [{ identity: 'neutral' }, 'neutral'],
    [{ identity: 'unknown' }, 'unknown'],
    [{ identity: 'suspect' }, 'suspect'],
    [{ identity: 'neutral', sight: 'own' }, 'own sensors'],
    [{ identity: 'neutral', sight: 'foreign' }, 'through accord'],
    [{ identity: 'neutral', sight: 'both' }, 'both'],
  ];
  const legend = h('details', { class: 'legend', open: localStorage.getItem(legendKey) !== 'closed' },
    h('summary', {}, 'Legend'),
    h('div', { class: 'legend-items' }, ...short.map(([style, text]) => item(symbol(style), text))),
  );
  legend.addEventListener('toggle', () => localStorage.setItem(legendKey, legend.open ? 'open' : 'closed'));
  return legend;
}

const legendKey = 'asman.legend';

export function fillHelp(dialog: HTMLDialogElement): void {
  dialog.setAttribute('aria-label', 'Help');
  dialog.append(
    h('div', { class: 'help-head' }, h('h2', {}, 'Keys and symbols'), h('button', { 'aria-label': 'Close', onclick: () => dialog.close() }, '✕')),
    h('div', { class: 'help-columns' },
      h('dl', { class: 'keys' }, ...keyHelp.flatMap(({ keys, what }) => [h('dt', {}, ...keys.map((key) => h('kbd', {}, key))), h('dd', {}, what)])),
      h('div', {},
        h('div', { class: 'legend-items two' }, ...legendItems()),
        h('p', { class: 'note' },
          'A label has three lines: callsign or code; flight level and trend (G: geometric height); ground speed in knots and where the track comes from. “‹TJK/RUS” is a Tajik track handed over by Russia, “own+KAZ” is seen by us and by Kazakhstan.'),
        h('p', { class: 'note' }, 'Red is for emergencies alone. Broken frames are assumed or not decided yet.'),
      ),
    ),
  );
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
}
