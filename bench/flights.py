#!/usr/bin/env python3
"""Real flights made plots: ADS-B state vectors of an hour over Switzerland, as four radars would have seen them.

  bench/flights.py [--data ../shared/data] [--work build/flights] [--asman build/release/asman] [--minutes 20] [--psr] [--svg FILE]

What flies is real (traffic's sample, state vectors every ten seconds, joined by smoothing splines); what sees it is simulated: four radars with noise,
misses and false plots, in the form of the common benchmark. Prints the tracker's and the oracle's scores; draws the tracks over the flights.
Heights are what the aircraft reported (pressure altitude); no geometric one is known, so both are taken as the same.
"""
import argparse, csv, gzip, importlib.util, json, os, subprocess, sys
from collections import defaultdict
import numpy as np
from scipy.interpolate import UnivariateSpline

HERE = os.path.dirname(os.path.abspath(__file__))
CENTRE, HALF = (46.9, 8.2), 200e3
# id, lat, lon, height m, scan s, range m, sigma range m, sigma azimuth °, Pd, false plots a scan
RADARS = [(1, 47.46, 8.55, 430, 4.0, 150e3, 50, 0.08, 0.9, 20), (2, 46.24, 6.11, 420, 5.0, 200e3, 60, 0.08, 0.9, 40),
          (3, 45.62, 8.73, 240, 6.0, 200e3, 60, 0.08, 0.9, 40), (4, 47.48, 8.40, 860, 12.0, 400e3, 90, 0.07, 0.9, 80)]


def flights(path, minutes):
    """[(times, x, y, height m)] in the densest stretch, times from its beginning; points of ten seconds."""
    by = defaultdict(list)
    for r in json.load(gzip.open(path)):
        if None not in (r.get('latitude'), r.get('longitude'), r.get('altitude')):
            by[r['icao24']].append((r['timestamp'] / 1000, r['latitude'], r['longitude'], r['altitude'] * 0.3048))
    start = np.concatenate([[p[0] for p in v] for v in by.values()])
    span = 60 * minutes
    edges = np.arange(start.min(), start.max() - span, 300)
    t0 = edges[np.argmax([np.sum((start >= e) & (start < e + span)) for e in edges])]
    out = []
    for address, rows in sorted(by.items()):
        rows = np.array(sorted(set(rows)))
        rows = rows[np.concatenate([[True], np.diff(rows[:, 0]) > 1])]
        for part in np.split(rows, np.flatnonzero(np.diff(rows[:, 0]) > 60) + 1):
            part = part[(part[:, 0] >= t0 - 30) & (part[:, 0] < t0 + span + 30)]
            if len(part) < 6: continue
            x, y = geo.to_plane(CENTRE, part[:, 1], part[:, 2])
            out.append((int(address, 16), part[:, 0] - t0, x, y, part[:, 3]))
    return out, span


def scene(folder, found, span, psr):
    rng = np.random.default_rng(1)
    os.makedirs(folder, exist_ok=True)
    def curve(t, x, y):  # state vectors scatter by some tens of metres, and their times by a part of a second
        fx, fy = (UnivariateSpline(t, v, k=3, s=len(t) * 30.0 ** 2) for v in (x, y))
        return lambda s, n=0: np.stack([fx(s, n), fy(s, n)], -1)
    curves = [(a, t, curve(t, x, y), lambda s, t=t, h=h: np.interp(s, t, h)) for a, t, x, y, h in found]
    rows = 0
    with open(f'{folder}/truth.csv', 'w') as f:
        f.write('time,truth_id,lat,lon,ve,vn,z,phase\n')
        for i, (_, t, c, h) in enumerate(curves):
            s = np.arange(np.ceil(max(t[0], 0)), min(t[-1], span) + 1e-9, 1.0)
            if not len(s): continue
            (x, y), (vx, vy), (ax, ay) = c(s).T, c(s, 1).T, c(s, 2).T
            lat, lon = geo.from_plane(CENTRE, x, y)
            ve, vn = geo.plane_velocity(CENTRE, x, y, vx, vy)
            phase = np.hypot(ax, ay) > 0.7
            for k in range(len(s)):
                if max(abs(x[k]), abs(y[k])) > HALF: continue
                f.write(f'{s[k]:.2f},{i},{lat[k]:.8f},{lon[k]:.8f},{ve[k]:.4f},{vn[k]:.4f},{h(s[k]):.1f},{int(phase[k])}\n')
                rows += 1
    plots = []
    for sid, la, lo, hs, per, rmax, sr, sa, pd, clutter in RADARS:
        for k in range(int(span / per)):
            for i, (address, t, c, h) in enumerate(curves):
                s = (k + 0.5) * per
                if not t[0] <= s <= t[-1]: continue
                for _ in range(3):
                    x, y = c(s); lat, lon = geo.from_plane(CENTRE, x, y)
                    r, az = geo.measure((la, lo, hs), lat, lon, float(h(s))); az = np.rad2deg(az)
                    s = (k + (float(az) % 360) / 360) * per
                if not t[0] <= s <= t[-1] or r > rmax or rng.random() > pd: continue
                height = '' if psr else f'{round(float(h(s)) / 7.62) * 7.62:.1f}'
                plots.append((s, sid, float(r) + rng.normal(0, sr), (float(az) + rng.normal(0, sa)) % 360, height,
                              '' if psr else f'{address:06x}', i))
            for _ in range(rng.poisson(clutter)):
                az = rng.uniform(0, 360)
                plots.append(((k + az / 360) * per, sid, rmax * np.sqrt(rng.uniform(1e-4, 1)), az, '', '', -1))
    plots.sort()
    with open(f'{folder}/plots.csv', 'w') as f, open(f'{folder}/plot_truth.csv', 'w') as g:
        f.write('time,sensor,range_m,azimuth_deg,height_m,mode3a,addr\n'); g.write('plot,truth_id\n')
        for n, (t, s, r, a, h, ad, i) in enumerate(plots):
            f.write(f'{t:.4f},{s},{r:.2f},{a:.5f},{h},,{ad}\n'); g.write(f'{n},{i}\n')
    names = ['id', 'lat', 'lon', 'height_m', 'scan_s', 'rmax_m', 'sigma_r_m', 'sigma_az_deg', 'pd', 'clutter_per_scan']
    meta = {'duration': span, 'mode': 'psr' if psr else 'ssr', 'biased': False, 'frame': 'wgs84', 'range': 'slant', 'centre': CENTRE,
            'area_half_m': HALF, 'epoch_s': 5.0, 'n_truth': len(curves), 'n_plots': len(plots), 'targets': len(curves), 'seed': 1,
            'sensors': [dict(zip(names, r)) for r in RADARS]}
    if not psr: meta['height'] = 'geometric'
    json.dump(meta, open(f'{folder}/meta.json', 'w'), indent=1)
    json.dump({str(r[0]): {'range_m': 0, 'azimuth_deg': 0} for r in RADARS}, open(f'{folder}/bias.json', 'w'))
    print(f'{len(curves)} flights, {len(plots)} plots in {span:.0f} s')


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('--data', default='../shared/data'); ap.add_argument('--work', default='build/flights')
    ap.add_argument('--asman', default='build/release/asman'); ap.add_argument('--minutes', type=float, default=20)
    ap.add_argument('--psr', action='store_true'); ap.add_argument('--svg')
    a = ap.parse_args()
    bench = f'{a.data}/tracking'
    sys.path.insert(0, bench)
    global geo
    import geo
    found, span = flights(f'{a.data}/adsb/switzerland.json.gz', a.minutes)
    scene(a.work, found, span, a.psr)
    run = lambda *c: subprocess.run(c, check=True, stdout=subprocess.PIPE, text=True).stdout
    print(run(a.asman, 'track', '--plots', f'{a.work}/plots.csv', '--meta', f'{a.work}/meta.json', '--out', f'{a.work}/tracks.csv').strip())
    run(sys.executable, f'{bench}/oracle.py', a.work, '--out', f'{a.work}/oracle.csv')
    show = ['gospa', 'pos_rmse', 'pos_rmse_straight', 'pos_rmse_manoeuvre', 'vel_rmse', 'completeness', 'false_tracks', 'id_switches_per_hour', 'redundancy']
    for name in ('tracks', 'oracle'):
        run(sys.executable, f'{bench}/score.py', f'{a.work}/truth.csv', f'{a.work}/{name}.csv', '--pairs', f'{a.work}/oracle.csv', '--json', f'{a.work}/{name}.json')
        s = json.load(open(f'{a.work}/{name}.json'))
        print(name, {k: round(s[k], 3) for k in show if isinstance(s.get(k), (int, float))})
    if a.svg: subprocess.run([sys.executable, f'{HERE}/tracks_svg.py', f'{a.work}/tracks.csv', '--out', a.svg], check=True)


if __name__ == '__main__':
    main()
