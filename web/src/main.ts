// The page: puts its parts together.
import { App } from './app';
import { coverFeatures, coverKey, firstView, fit, makeMap, showCover, showState, type BaseMap } from './basemap';
import { destination, rangeBearing } from './format';
import { fillHelp, makeLegend } from './help';
import { bindKeys } from './keys';
import { Overlay, type Place } from './overlay';
import { areas } from './sight';
import { showAreas, showLine, showSiting } from './sightmap';
import { makeSide } from './side';
import { sitingFeatures } from './siting';
import { makeStatusBar } from './statusbar';
import { makeTopBar } from './topbar';

const element = <T extends HTMLElement>(id: string): T => {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no #${id}`);
  return found as T;
};

const app = new App(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`);
const map = makeMapOrSay();
const overlay = new Overlay(map, app.history, () => ({
  snapshot: app.snapshot,
  selected: app.selected,
  hovered: app.hovered,
  labels: app.view.labels,
  trails: app.view.trails,
  vectorMinutes: app.vectorMinutes,
}));

/** Without WebGL there is no map: say so rather than show nothing. */
function makeMapOrSay(): BaseMap {
  try {
    return makeMap(element('map'), app.view.map ?? firstView);
  } catch (error) {
    element('map').textContent = 'This browser cannot draw the map: WebGL is not available.';
    throw error;
  }
}
const legend = makeLegend();
element('map').append(legend);
overlay.obstacles = () => {
  const frame = element('map').getBoundingClientRect();
  const box = legend.getBoundingClientRect();
  return [{ x: box.left - frame.left, y: box.top - frame.top, w: box.width, h: box.height }];
};
legend.addEventListener('toggle', () => overlay.request());

const help = element<HTMLDialogElement>('help');
fillHelp(help);
const showHelp = () => help.showModal();

let pointer: { lat: number; lon: number } | null = null;
const announce = (text: string) => (element('announce').textContent = text);
const updates = [
  makeTopBar(element('top'), app, { help: showHelp }),
  makeSide(element('side'), app, announce),
];
const updateStatus = makeStatusBar(element('bottom'), app, () => pointer);

let placed = false;
let shownState = '';
let shownCover = '';
let shownSight = '';
let shownLine = '';
let shownSiting = '';
function update(): void {
  for (const f of updates) f();
  updateStatus();
  overlay.request();
  const { snapshot } = app;
  if (!snapshot) return;
  // A recording may say nothing of its sensors' places: then the first tracks tell where to look.
  if (!placed) placed = app.view.map !== undefined || showAll();
  if (snapshot.state !== shownState) {
    shownState = snapshot.state;
    showState(map, shownState);
    document.title = `asman · ${shownState}`;
  }
  const key = coverKey(snapshot, app.scene, app.view.cover);
  if (key !== shownCover) {
    shownCover = key;
    showCover(map, coverFeatures(snapshot.sensors, app.scene, app.view.cover));
  }
  updateCoverage();
}

/** Areas, the section's line and the siting, each drawn again only when it is another. */
function updateCoverage(): void {
  const c = app.coverage;
  const maps = c.maps();
  const sight = maps?.key ?? '';
  if (sight !== shownSight) {
    shownSight = sight;
    showAreas(map, maps && areas(maps.after, maps.before));
  }
  const line = c.ends.map((e) => `${e.lat},${e.lon}`).join(' ');
  if (line !== shownLine) {
    shownLine = line;
    showLine(map, c.ends, greatCircle);
  }
  const siting = app.tab === 'coverage' ? c.siting() : undefined;
  const key = siting ? `${siting.features.length},${c.mast()}` : '';
  if (key !== shownSiting) {
    shownSiting = key;
    showSiting(map, siting && sitingFeatures(siting, c.mast()));
  }
  map.getCanvas().classList.toggle('drawing', c.drawing);
}

/** Places along a great circle, so that the line lies on the map where the section was cut. */
function greatCircle(from: { lat: number; lon: number }, to: { lat: number; lon: number }): [number, number][] {
  const { range, bearing } = rangeBearing(from, to);
  return Array.from({ length: 33 }, (_, i) => (i === 32 ? [to.lon, to.lat] : destination(from, (range * i) / 32, bearing)));
}
app.coverage.middle = () => ({ lat: map.getCenter().lat, lon: map.getCenter().lng });
app.coverage.goToSiting = () => {
  const points = (app.coverage.siting()?.features ?? []).flatMap((f) =>
    f.geometry.type === 'Polygon' ? (f.geometry.coordinates[0] as [number, number][]) : f.geometry.type === 'Point' ? [f.geometry.coordinates as [number, number]] : []);
  const bounds = points.map(([lon, lat]) => ({ lat, lon }));
  if (bounds.length > 0) fit(map, bounds, 60, 16);
};
app.onChange(update);

/** All that this state's own sensors see, or where no place of theirs is known, its tracks. False: there is nothing yet. */
function showAll(): boolean {
  const sensors = app.snapshot?.sensors.filter((s) => s.mine && s.lat !== undefined) ?? [];
  const points = sensors.flatMap((s) => {
    const [lat, lon] = [s.lat ?? 0, s.lon ?? 0];
    const margin = Math.min(s.range_m, 250_000) / 111_195;
    return [{ lat: lat - margin, lon: lon - margin * 1.3 }, { lat: lat + margin, lon: lon + margin * 1.3 }];
  });
  if (points.length === 0) points.push(...(app.snapshot?.tracks ?? []));
  if (points.length > 0) fit(map, points, 30);
  return points.length > 0;
}

app.centreOn = (lat, lon) => {
  const p = map.project([lon, lat]);
  const { clientWidth: w, clientHeight: h } = map.getContainer();
  const inside = p.x > 0.12 * w && p.x < 0.88 * w && p.y > 0.12 * h && p.y < 0.88 * h;
  if (!inside) map.jumpTo({ center: [lon, lat] });
};

map.on('click', (event) => {
  if (app.coverage.choose({ lat: event.lngLat.lat, lon: event.lngLat.lng })) return;
  app.select(overlay.hit(event.point.x, event.point.y));
});
map.on('mousemove', (event) => {
  pointer = { lat: event.lngLat.lat, lon: event.lngLat.lng };
  const over = overlay.hit(event.point.x, event.point.y);
  if (app.hover(over)) overlay.request();
  map.getCanvas().style.cursor = app.coverage.drawing ? 'crosshair' : over === null ? '' : 'pointer';
  updateStatus();
});
map.on('mouseout', () => {
  pointer = null;
  if (app.hover(null)) overlay.request();
  updateStatus();
});
map.on('moveend', () => {
  const { lat, lng } = map.getCenter();
  app.changeView({ map: { zoom: map.getZoom(), lat, lon: lng } });
});

bindKeys(app, {
  help: showHelp,
  fit: () => {
    const track = app.track(app.selected);
    if (track) map.jumpTo({ center: [track.lon, track.lat] });
    else showAll();
  },
  pan: (dx, dy) => map.panBy([dx, dy], { animate: false }),
  zoom: (step) => map.jumpTo({ zoom: map.getZoom() + step }),
});

fetch(new URL('geo/places.json', document.baseURI))
  .then((response) => response.json())
  .then((places: Place[]) => {
    overlay.places = places;
    overlay.request();
  })
  .catch(() => app.say('the names of countries could not be read'));

declare global {
  interface Window {
    /** For tests and scripts: where tracks and labels are on the map, and the latest snapshot. */
    asman: {
      positions: Overlay['positions']; labels: Overlay['labelBoxes']; redraw: Overlay['redraw']; snapshot: () => App['snapshot']; idle: () => boolean;
      coverage: () => App['coverage']; project: (lat: number, lon: number) => { x: number; y: number };
    };
  }
}
window.asman = {
  positions: () => overlay.positions(),
  labels: () => overlay.labelBoxes(),
  redraw: () => overlay.redraw(),
  snapshot: () => app.snapshot,
  idle: () => map.loaded() && !map.isMoving(),
  coverage: () => app.coverage,
  project: (lat, lon) => map.project([lon, lat]),
};
update();
