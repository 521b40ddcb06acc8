// A server of invented pictures, to work on the page without the node: `node dev/fake.mjs [port]`, after `npm run build`.
// TRACKS=2000 makes a dense sky. It speaks docs/display.md as src/serve does. Nothing here is a simulation of anything: the node's demonstration is.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';

const port = Number(process.argv[2] ?? 8099);
const dist = fileURLToPath(new URL('../dist', import.meta.url));
const states = ['RUS', 'BLR', 'KAZ', 'ARM', 'TJK', 'KGZ'];
const rad = Math.PI / 180;

// name, owner, host, lat, lon, range km, accord
const sites = [
  ['Manas', 'KGZ', 'KGZ', 43.061, 74.477, 250], ['Osh', 'KGZ', 'KGZ', 40.609, 72.793, 250], ['Kant', 'RUS', 'KGZ', 42.853, 74.847, 350, 'ACC-C'],
  ['Almaty', 'KAZ', 'KAZ', 43.352, 77.041, 300], ['Balkhash', 'KAZ', 'KAZ', 46.893, 75.005, 350], ['Shymkent', 'KAZ', 'KAZ', 42.364, 69.479, 300], ['Astana', 'KAZ', 'KAZ', 51.022, 71.467, 350],
  ['Dushanbe', 'TJK', 'TJK', 38.543, 68.825, 250], ['Kulob', 'TJK', 'TJK', 37.988, 69.805, 250], ['Khujand', 'TJK', 'TJK', 40.215, 69.695, 220],
  ['Gyumri', 'ARM', 'ARM', 40.75, 43.859, 250], ['Minsk', 'BLR', 'BLR', 53.882, 28.03, 350], ['Omsk', 'RUS', 'RUS', 54.967, 73.311, 350], ['Orenburg', 'RUS', 'RUS', 51.796, 55.457, 350],
  ['Novosibirsk', 'RUS', 'RUS', 55.013, 82.651, 350], ['Smolensk', 'RUS', 'RUS', 54.824, 32.025, 350],
].map(([name, owner, host, lat, lon, km, accord], i) => ({ id: i + 1, name: `${owner}/${name}`, owner, host, operator: owner, accord: accord ?? '', kind: i % 3 ? 'combined' : 'mode_s', lat, lon, range_m: km * 1000 }));

const laws = [
  { date: '2020-06-01', accord: 'ACC-A', what: 'signed', assumed: false, pair: null },
  { date: '2021-06-30', accord: 'ACC-A', what: 'enters into force', assumed: false, pair: ['KAZ', 'RUS'] },
  { date: '2024-02-15', accord: 'ACC-B', what: 'enters into force', assumed: true, pair: ['TJK', 'RUS'] },
  { date: '2026-06-30', accord: 'ACC-C', what: 'enters into force; onward clauses begin', assumed: false, pair: ['RUS', 'KGZ'] },
];
const accordTitles = { 'ACC-A': 'Invented accord, Russia and Kazakhstan', 'ACC-B': 'Invented accord, Russia and Tajikistan', 'ACC-C': 'Invented accord, Russia and Kyrgyzstan' };

let seed = 7;
const random = () => ((seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648);
const airlines = ['KGA', 'KZR', 'AFL', 'SDM', 'TJK', 'UZB', 'BRU', 'THY', 'UAE', 'CCA', 'SVR'];
const aircraft = Array.from({ length: Number(process.env.TRACKS ?? 190) }, (_, i) => {
  const intruder = i < 3;
  const a = sites[Math.floor(random() * sites.length)], b = sites[Math.floor(random() * sites.length)];
  const t = random();
  return {
    n: 1000 + i, lat: a.lat + (b.lat - a.lat) * t + (random() - 0.5) * 5, lon: a.lon + (b.lon - a.lon) * t + (random() - 0.5) * 7,
    course: random() * 360, speed: 190 + random() * 70, fl: Math.round(200 + random() * 200), climb: [-6, 0, 0, 0, 0, 7][Math.floor(random() * 6)],
    callsign: intruder ? '' : `${airlines[i % airlines.length]}${100 + Math.floor(random() * 899)}`, mode3a: intruder ? undefined : String(1000 + Math.floor(random() * 6777)).replace(/[89]/g, '1'),
    address: intruder ? undefined : (0x600000 + i * 977).toString(16).toUpperCase(), primary: intruder,
    identity: intruder ? (i ? 'unknown' : 'suspect') : ['assumed_friend', 'neutral', 'neutral', 'neutral', 'friend', 'pending'][i % 6],
  };
});
Object.assign(aircraft[0], { lat: 38.4, lon: 71.2, course: 20, speed: 220 });
Object.assign(aircraft[1], { lat: 45.6, lon: 74.9, course: 190, speed: 200 });
Object.assign(aircraft[2], { lat: 41.5, lon: 77.8, course: 270, speed: 180 });
Object.assign(aircraft[5], { lat: 42.3, lon: 73.4, emergency: '7600', mode3a: '7600' });
for (let i = 20; i < 34; i++) Object.assign(aircraft[i], { lat: 42.6 + random() * 1.2, lon: 73.8 + random() * 1.8 });

let time = Date.parse('2026-03-01T06:00:00Z'), law = '2026-06-29', paused = false, speed = 1, number = 0;

/** The clauses by which `state` gets what `owner` sees; null: none. */
function path(owner, state) {
  if (owner === state) return { via: '', clauses: [], assumed: [] };
  const inForce = (x, y) => laws.find((l) => l.pair && l.date <= law && l.pair.includes(x) && l.pair.includes(y));
  const direct = inForce(owner, state);
  const assumed = (...ls) => ls.filter((l) => l.assumed).map((l) => `${l.accord}: entry into force`);
  if (direct) return { via: owner, clauses: [`${direct.accord}/tracks v1`], assumed: assumed(direct) };
  const first = inForce(owner, 'RUS'), second = inForce('RUS', state);
  if (first && second && state === 'KGZ') return { via: 'RUS', clauses: [`${first.accord}/onward-kgz v1`, `${second.accord}/tracks v1`], assumed: assumed(first, second), coarsening: '5 s late' };
  return null;
}
const km = (a, b) => Math.hypot((a.lat - b.lat) * 111.2, (a.lon - b.lon) * 111.2 * Math.cos(a.lat * rad));
const iso = (ms) => new Date(ms).toISOString();

function snapshot(state) {
  const tracks = [];
  for (const a of aircraft) {
    const sources = [];
    for (const owner of states) {
      const p = path(owner, state);
      const seen = p ? sites.filter((s) => s.owner === owner && km(s, a) < s.range_m / 1000) : [];
      if (seen.length) sources.push({ originator: owner, via: p.via, n: a.n % 997, clauses: p.clauses, coarsening: p.coarsening ?? '', assumed: p.assumed, sensors: seen.map((s) => s.name), last: iso(time - 3000) });
    }
    if (!sources.length) continue;
    tracks.push({
      n: a.n - 900, lat: a.lat, lon: a.lon, ve: a.speed * Math.sin(a.course * rad), vn: a.speed * Math.cos(a.course * rad), sigma_m: 120,
      ...(a.primary ? {} : { fl: a.fl, vr: a.climb }), trend: a.primary ? '' : a.climb > 1 ? 'up' : a.climb < -1 ? 'down' : 'level', identity: a.identity,
      class: a.primary ? 'unknown' : 'civil', callsign: a.callsign, ...(a.mode3a ? { mode3a: a.mode3a } : {}), ...(a.address ? { address: a.address } : {}),
      ...(a.emergency ? { emergency: a.emergency } : {}), primary_only: a.primary, coasting: a.n % 23 === 0, simulated: true, airspace: a.lat > 46 ? 'KAZ' : a.lat < 39.4 ? 'TJK' : 'KGZ', since: iso(time - 600000), sources,
    });
  }
  const has = (n) => tracks.find((t) => t.n === n);
  const alert = (n, kind, track, detail, open, warning) => has(track) && { n, kind, raised: iso(time - n * 60000), track, lat: has(track).lat, lon: has(track).lon, detail, open, ...(warning ? { warning_s: warning } : {}) };
  const alerts = [alert(1, 'emergency_code', 105, '7600', true), alert(2, 'border_approach', 100, 'TJK → KGZ', true, 742), alert(3, 'border_approach', 101, 'KAZ → KGZ', true, 1310), alert(5, 'unidentified', 102, 'no reply, no plan', true), alert(9, 'border_crossed', 130, 'KAZ → KGZ', false)].filter(Boolean);
  const own = tracks.filter((t) => t.sources.some((s) => s.originator === state)).length;
  return {
    v: 1, type: 'snapshot', number: ++number, time: iso(time), law_time: `${law}T00:00:00Z`, mode: 'simulated', state, states, paused, speed, terrain: 'ETOPO5 (invented)',
    sensors: sites.map((s) => ({ ...s, health: s.owner === state ? (s.name.endsWith('Osh') ? 'degraded' : 'operating') : path(s.owner, state) ? 'operating' : 'unknown', mine: s.owner === state, via: path(s.owner, state)?.clauses ?? [] })),
    tracks, alerts,
    accords: laws.filter((l) => l.pair).map((l) => ({ id: l.accord, title: accordTitles[l.accord], state: l.date <= law ? 'operative' : 'signed', certainty: l.assumed ? 'assumed' : 'public', parties: l.pair })),
    lines: states.map((s) => ({ state: s, sensors: sites.filter((x) => x.owner === s).length, reports_per_s: 40, local_tracks: s === state ? own : 20, joint_tracks: s === state ? tracks.length : 25, through_accords: s === state ? tracks.length - own : 5, open_alerts: s === state ? alerts.filter((a) => a.open).length : 0 })),
    counters: {},
  };
}
const scene = (state) => ({ v: 1, type: 'scene', state, title: 'Invented', may_look_as: true, may_move_law: true, may_pace: true, cover: [], law_changes: laws.map(({ pair, ...l }) => l) });

setInterval(() => {
  if (!paused) {
    const dt = speed || 100;
    time += dt * 1000;
    for (const a of aircraft) {
      a.lat += (a.speed * Math.cos(a.course * rad) * dt) / 111200;
      a.lon += (a.speed * Math.sin(a.course * rad) * dt) / (111200 * Math.cos(a.lat * rad));
      if (!a.primary && a.climb) a.fl = Math.max(50, Math.min(410, a.fl + (a.climb * dt) / 30.48));
    }
  }
  for (const client of sockets.clients) if (client.readyState === 1) client.send(JSON.stringify(snapshot(client.state)));
}, 1000);

const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml' };
const server = createServer(async (request, response) => {
  const path = new URL(request.url, 'http://x').pathname;
  try {
    const bytes = await readFile(join(dist, normalize(path === '/' ? '/index.html' : path)));
    response.setHeader('content-type', types[extname(path) || '.html'] ?? 'application/octet-stream');
    response.setHeader('content-security-policy', "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; connect-src 'self'; style-src 'self' 'unsafe-inline'");
    response.end(bytes);
  } catch {
    response.statusCode = 404;
    response.end('no such page');
  }
});
const sockets = new WebSocketServer({ server, path: '/ws' });
sockets.on('connection', (socket) => {
  const show = (state) => {
    socket.state = state;
    socket.send(JSON.stringify(scene(state)));
    socket.send(JSON.stringify(snapshot(state)));
  };
  show('KGZ');
  socket.on('message', (data) => {
    const m = JSON.parse(data);
    if (m.as) return show(m.as);
    if (m.law) law = m.law;
    if (m.pause !== undefined) paused = m.pause;
    if (m.speed !== undefined) speed = m.speed;
    if (m.explain) socket.send(JSON.stringify({ v: 1, type: 'explanation', request: m.explain.request, state: m.explain.state, track: m.explain.track, lines: ['Own sensors report it.', 'ACC-C/tracks v1 is operative since 2026-06-30 and its area covers the track.'] }));
    if (m.law || m.pause !== undefined || m.speed !== undefined) socket.send(JSON.stringify(snapshot(socket.state)));
  });
});
server.listen(port, '127.0.0.1', () => console.log(`http://localhost:${port}`));
