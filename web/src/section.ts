// A vertical cut along a line: asked of the server, drawn as a chart.
import { h } from './dom';
import type { Section } from './protocol';

const svgNamespace = 'http://www.w3.org/2000/svg';
const [width, height, left, right, top, bottom] = [322, 180, 38, 6, 8, 20];

function svg(tag: string, attributes: Record<string, string | number>, ...children: (Node | string)[]): SVGElement {
  const element = document.createElementNS(svgNamespace, tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/** 1, 2 or 5 times a power of ten: about `wanted` of them in `length`. */
export function stepOf(length: number, wanted: number): number {
  const raw = length / wanted;
  const ten = 10 ** Math.floor(Math.log10(raw));
  return (([1, 2, 5].find((m) => m * ten >= raw) ?? 10) * ten);
}

/** Runs of altitudes of one column for which `holds`. */
export function runs(column: string, holds: (digit: number, k: number) => boolean): [number, number][] {
  const out: [number, number][] = [];
  for (let k = 0; k < column.length; k++) {
    if (!holds(Number(column[k]), k)) continue;
    const last = out.at(-1);
    if (last && last[1] === k) last[1] = k + 1;
    else out.push([k, k + 1]);
  }
  return out;
}

/** Share of the air between the ground and an altitude that is seen. */
export function share(columns: readonly string[], ground: readonly (number | null)[], ceiling: number, upTo: number): number {
  let [seen, all] = [0, 0];
  columns.forEach((column, i) => {
    const step = ceiling / (column.length - 1);
    for (let k = 0; k < column.length; k++) {
      const altitude = k * step;
      if (altitude <= (ground[i] ?? 0) || altitude > upTo) continue;
      all++;
      if (column[k] !== '0') seen++;
    }
  });
  return all > 0 ? seen / all : 0;
}

export function sectionChart(s: Section): SVGElement {
  const count = s.joint.length;
  const x = (i: number) => left + (i / (count - 1)) * (width - left - right);
  const y = (altitude: number) => height - bottom - (Math.max(0, altitude) / s.ceiling_m) * (height - top - bottom);
  const levels = s.joint[0]?.length ?? 1;
  const rise = s.ceiling_m / (levels - 1);
  const half = (width - left - right) / (count - 1) / 2;
  const cells = (holds: (i: number) => (digit: number, k: number) => boolean): string => {
    let path = '';
    s.joint.forEach((column, i) => {
      for (const [low, high] of runs(column, holds(i)))
        path += `M${(x(i) - half).toFixed(1)} ${y(low * rise - rise / 2).toFixed(1)}h${(2 * half + 0.2).toFixed(1)}V${y(high * rise - rise / 2).toFixed(1)}h-${(2 * half + 0.2).toFixed(1)}z`;
    });
    return path;
  };
  const own = (i: number) => (_: number, k: number) => (s.own[i]?.[k] ?? '0') !== '0';
  const accord = (i: number) => (digit: number, k: number) => digit > 0 && (s.own[i]?.[k] ?? '0') === '0';
  const ground = `M${left} ${y(0)}${s.ground.map((g, i) => `L${x(i).toFixed(1)} ${y(g ?? 0).toFixed(1)}`).join('')}L${x(count - 1)} ${y(0)}z`;
  const percent = (columns: readonly string[]) => `${Math.round(100 * share(columns, s.ground, s.ceiling_m, 12_000))} %`;
  const chart = svg('svg', {
    viewBox: `0 0 ${width} ${height}`, class: 'section-chart', role: 'img',
    'aria-label': `Section of ${Math.round(s.length_m / 1000)} km: own sensors see ${percent(s.own)} of the air up to 12 km, jointly ${percent(s.joint)}`,
  },
    svg('defs', {}, svg('pattern', { id: 'section-hatch', width: 5, height: 5, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
      svg('rect', { width: 5, height: 5, class: 'section-accord-ground' }), svg('rect', { width: 1.3, height: 5, class: 'section-accord-line' }))),
    svg('rect', { x: left, y: top, width: width - left - right, height: height - top - bottom, class: 'section-sky' }),
    svg('path', { d: cells(accord), fill: 'url(#section-hatch)' }),
    svg('path', { d: cells(own), class: 'section-own' }),
    svg('path', { d: ground, class: 'section-ground' }),
  );
  for (let a = 0; a <= s.ceiling_m; a += 4000)
    chart.append(svg('line', { x1: left, x2: width - right, y1: y(a), y2: y(a), class: 'section-grid' }),
      svg('text', { x: left - 4, y: y(a) + 4, 'text-anchor': 'end' }, a === 0 ? '0 m' : `${a / 1000} km`));
  const step = stepOf(s.length_m / 1000, 4);
  const below = height - bottom + 14;
  const along = (km: number) => left + ((km * 1000) / s.length_m) * (width - left - right);
  chart.append(svg('text', { x: left, y: below }, 'A'), svg('text', { x: width - right, y: below, 'text-anchor': 'end' }, 'B'));
  for (let d = step; along(d) < width - right - 34; d += step)
    chart.append(svg('line', { x1: along(d), x2: along(d), y1: height - bottom, y2: height - bottom + 4, class: 'section-tick' }),
      svg('text', { x: along(d), y: below, 'text-anchor': 'middle' }, `${d} km`));
  return chart;
}

export function sectionView(s: Section): HTMLElement {
  const place = ([lat, lon]: [number, number]) => `${lat.toFixed(2)}, ${lon.toFixed(2)}`;
  const percent = (columns: readonly string[]) => `${Math.round(100 * share(columns, s.ground, s.ceiling_m, 12_000))} %`;
  const chart = h('div', { class: 'section' });
  chart.append(sectionChart(s));
  chart.append(
    h('p', { class: 'keyline' },
      h('span', { class: 'key-item' }, h('span', { class: 'swatch own' }), `own sensors ${percent(s.own)}`),
      h('span', { class: 'key-item' }, h('span', { class: 'swatch accord' }), `with accords ${percent(s.joint)}`), 'of the air up to 12 km'),
    h('p', { class: 'note' }, `A (full dot) ${place(s.from)} to B (ring) ${place(s.to)}, ${Math.round(s.length_m / 1000)} km, law of ${s.law_time.slice(0, 10)}. ${
      s.target === 'intruder' ? 'A target without transponder, 3 m².' : 'An airliner with transponder and ADS-B.'} Above mean sea level. Terrain: ${s.terrain}.`),
    s.ways.length > 0
      ? h('ul', { class: 'ways' }, ...s.ways.map((way) => h('li', {}, way)))
      : h('p', { class: 'note' }, 'No clause shows anything along this line.'),
  );
  return chart;
}
