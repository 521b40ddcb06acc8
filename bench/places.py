#!/usr/bin/env python3
"""The very same scene at different places of the earth: what of the tracker's figures hangs on the place.

  bench/places.py [--seeds 41,42,43] [--mode psr|ssr] [--nearby] [--asman build/release/asman] [--data ../shared/data/tracking] [--work build/places]

The common benchmark's `--geodetic` scenes at two places differ by more than the place: a radar's azimuths count from another north, so
that its beam meets the aircraft at other times and in another order, and every draw of noise, misses and false plots falls on another
aircraft. Here the truth, the radars' heights, and every draw (by radar, aircraft and turn) are the same at every place, and a beam starts from
the scene's own north. What differs is the earth: how it curves, and so what slant range an aircraft has. `--nearby` moves the scene by some km only:
then even that is the same, and what is left is how the tracker's cells fall on the scene.
"""
import argparse, json, os, re, subprocess, sys
from multiprocessing import Pool
import numpy as np
import tracking

PLACES = {'47N 8E': (47.0, 8.0), '43N 75E': (42.9, 74.6), '55N 60E': (55.0, 60.0), '17S 180': (-17.0, 179.8), '33S 151E': (-33.0, 151.0),
          'equator': (0.0, -60.0), '80N 20E': (80.0, 20.0), '87N': (87.0, -120.0)}
NEARBY = {f'{dx:+.1f} {dy:+.1f} km': (47.0 + dy / 111.2, 8.0 + dx / 75.9) for dx, dy in ((0, 0), (2.5, 0), (0, 3.7), (-6.1, 8.3), (11.9, -5.3), (-3.1, -14.2))}
TURNS = 400                                                # draws kept for each radar and aircraft: turns −2 … TURNS − 3


def build(gen, geo, centre, seed, mode, folder, targets=100, duration=600.0):
    rng = np.random.default_rng([seed, targets])
    tracks = gen.build_truth(rng, targets, duration)
    zs, codes, addresses = [], [], []
    for tr in tracks:
        z0, vz = rng.uniform(1500, 12000), rng.choice([0, 0, rng.uniform(-10, 10)])
        zs.append(np.clip(z0 + vz * (tr[:, 0] - tr[0, 0]), 300, 13000))
        codes.append(int(rng.integers(1, 4096)))
        addresses.append(int(rng.integers(1, 1 << 24)) if rng.random() < 0.8 else None)
    places = [geo.from_plane(centre, tr[:, 1], tr[:, 2]) for tr in tracks]
    plots, sensors, bias = [], [], {}
    for sid, sx, sy, turn, reach, sigma_range, sigma_azimuth, detection, clutter in gen.SENSORS:
        draw = np.random.default_rng([seed, sid, 1])
        height, phase = round(float(draw.uniform(20, 600)), 1), draw.uniform(0, turn)
        site = (*map(float, geo.from_plane(centre, sx, sy)), height)
        # Where the plane's north lies in the radar's own azimuths.
        north = float(geo.measure(site, *geo.from_plane(centre, sx, sy + 1000.0), height)[1])
        for i, tr in enumerate(tracks):
            own = np.random.default_rng([seed, sid, 2, i])
            seen, along, across, lost = own.random(TURNS), own.normal(size=TURNS), own.normal(size=TURNS), own.random((TURNS, 3))
            r, az = geo.measure(site, *places[i], zs[i])
            az = np.unwrap(az)
            angle = np.unwrap(np.arctan2(tr[:, 1] - sx, tr[:, 2] - sy))
            az += 2 * np.pi * np.round((angle[0] + north - az[0]) / (2 * np.pi))
            f = (tr[:, 0] - phase) / turn - (az - north) / (2 * np.pi)
            m = np.arange(np.ceil(f.min()), np.floor(f.max()) + 1)
            for k, t in zip(m.astype(int) + 3, np.interp(m, f, tr[:, 0])):
                R = np.interp(t, tr[:, 0], r)
                if not (0 <= t <= duration and 1000 <= R <= reach and seen[k] < detection):
                    continue
                height_m = mode3a = address = ''
                if mode == 'ssr':
                    if lost[k, 0] > 0.02: height_m = f'{round(np.interp(t, tr[:, 0], zs[i]) / 30.48) * 30.48:.1f}'
                    if lost[k, 1] > 0.02: mode3a = f'{codes[i]:04o}'
                    if addresses[i] is not None and lost[k, 2] > 0.02: address = f'{addresses[i]:06x}'
                azimuth = (np.rad2deg(np.interp(t, tr[:, 0], az)) + sigma_azimuth * across[k]) % 360
                plots.append((t, sid, R + sigma_range * along[k], azimuth, height_m, mode3a, address, i))
        for k in range(-1, int(np.ceil((duration + turn) / turn))):
            n = draw.poisson(clutter)
            rr, aa = np.sqrt(draw.uniform((1000 / reach) ** 2, 1, n)) * reach, draw.uniform(0, 360, n)
            plots += [(t, sid, r, (a + np.rad2deg(north)) % 360, '', '', '', -1)
                      for r, a, t in zip(rr, aa, phase + turn * (k + aa / 360)) if 0 <= t <= duration]
        sensors.append({'id': sid, 'lat': site[0], 'lon': site[1], 'height_m': height, 'scan_s': turn, 'rmax_m': reach, 'sigma_r_m': sigma_range,
                        'sigma_az_deg': sigma_azimuth, 'pd': detection, 'clutter_per_scan': clutter})
        bias[sid] = {'range_m': 0.0, 'azimuth_deg': 0.0}
    plots.sort(key=lambda p: (p[0], p[1]))
    with open(folder + '/truth.csv', 'w') as f:
        f.write('time,truth_id,lat,lon,ve,vn,z,phase\n')
        for i, tr in enumerate(tracks):
            j = np.arange(0, len(tr), int(1 / gen.DT))
            t, x, y, vx, vy, phase = tr[j].T
            (lat, lon), (ve, vn) = geo.from_plane(centre, x, y), geo.plane_velocity(centre, x, y, vx, vy)
            for k in range(len(j)):
                f.write(f'{t[k]:.2f},{i},{lat[k]:.8f},{lon[k]:.8f},{ve[k]:.4f},{vn[k]:.4f},{zs[i][j[k]]:.1f},{int(phase[k])}\n')
    with open(folder + '/plots.csv', 'w') as f, open(folder + '/plot_truth.csv', 'w') as g:
        f.write('time,sensor,range_m,azimuth_deg,height_m,mode3a,addr\n')
        g.write('plot,truth_id\n')
        for n, p in enumerate(plots):
            f.write(f'{p[0]:.4f},{p[1]},{p[2]:.2f},{p[3]:.5f},{p[4]},{p[5]},{p[6]}\n')
            g.write(f'{n},{p[7]}\n')
    json.dump(bias, open(folder + '/bias.json', 'w'))
    json.dump({'targets': targets, 'seed': seed, 'duration': duration, 'mode': mode, 'biased': False, 'frame': 'wgs84', 'range': 'slant', 'centre': list(centre),
               'area_half_m': gen.HALF, 'epoch_s': 5.0, 'n_truth': len(tracks), 'n_plots': len(plots), 'sensors': sensors}, open(folder + '/meta.json', 'w'))


def evaluate(job):
    place, centre, seed, a = job
    folder = os.path.join(a.work, re.sub('[^0-9A-Za-z+-.]', '_', f'{a.mode}-{seed}-{place}'))
    os.makedirs(folder, exist_ok=True)
    if not os.path.exists(folder + '/meta.json'):
        build(tracking.load(a.data, 'gen'), tracking.load(a.data, 'geo'), centre, seed, a.mode, folder)
    score = tracking.load(a.data, 'score')
    centre, truth, _ = tracking.truth_of(score, folder)
    out = folder + '/tracks.csv'
    subprocess.run([a.asman, 'track', '--plots', folder + '/plots.csv', '--meta', folder + '/meta.json', '--out', out, *a.option], check=True, capture_output=True)
    if not os.path.exists(folder + '/oracle.csv'):
        subprocess.run([sys.executable, a.data + '/oracle.py', folder, '--out', folder + '/oracle.csv'], check=True)
    held, held_by_oracle = {}, {}
    s = score.score(truth, score.read(out, 'track_id', centre), 60, hold=held)
    o = score.score(truth, score.read(folder + '/oracle.csv', 'track_id', centre), 60, hold=held_by_oracle)
    s.update(score.score_pairs(held, held_by_oracle))
    return place, seed, json.load(open(folder + '/meta.json'))['n_plots'], s, o


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--seeds', default='41,42,43')
    p.add_argument('--mode', default='psr', choices=['psr', 'ssr'])
    p.add_argument('--nearby', action='store_true')
    p.add_argument('--asman', default=tracking.HERE + '/../build/release/asman')
    p.add_argument('--data', default=tracking.HERE + '/../../shared/data/tracking')
    p.add_argument('--work', default=tracking.HERE + '/../build/places')
    p.add_argument('--jobs', type=int, default=2)
    p.add_argument('--option', action='append', default=[], help='passed to asman track')
    a = p.parse_args()
    a.asman, a.data, a.work = map(os.path.abspath, (a.asman, a.data, a.work))
    if not os.path.exists(a.data + '/gen.py'):
        sys.exit(f'{a.data}: the benchmark is not there')
    places, seeds = (NEARBY if a.nearby else PLACES), [int(s) for s in a.seeds.split(',')]
    with Pool(a.jobs) as pool:
        done = pool.map(evaluate, [(n, c, s, a) for n, c in places.items() for s in seeds], chunksize=1)
    figures = {'plots': lambda n, s, o: n, 'gospa x': lambda n, s, o: s['gospa'] / o['gospa'], 'gospa m': lambda n, s, o: s['gospa'],
               "oracle's": lambda n, s, o: o['gospa'], 'pos x': lambda n, s, o: s['pos_rmse_oracle_pairs_held'] / s['oracle_pos_rmse'],
               'pos m': lambda n, s, o: s['pos_rmse_oracle_pairs_held'], "oracle's ": lambda n, s, o: s['oracle_pos_rmse'],
               'lack %': lambda n, s, o: 100 * s['oracle_pairs_missing'], 'false': lambda n, s, o: s['false_tracks'], 'first s': lambda n, s, o: s['init_delay_mean']}
    digits = [0, 4, 1, 1, 4, 2, 2, 2, 0, 2]
    print(f'{"":>24}' + ''.join(f'{k:>11}' for k in figures))
    rows = {}
    for place, seed, n, s, o in done:
        v = [f(n, s, o) for f in figures.values()]
        rows.setdefault(place, []).append(v)
        print(f'{place:>18} {seed:>5}' + ''.join(f'{x:>11.{d}f}' for x, d in zip(v, digits)))
    means = {k: np.mean(v, 0) for k, v in rows.items()}
    for k, v in means.items():
        print(f'{k:>18}  mean' + ''.join(f'{x:>11.{d}f}' for x, d in zip(v, digits)))
    all_means = np.array(list(means.values()))
    print(f'{"(most − least) / mean, %":>24}' + ''.join(f'{100 * x:>11.2f}' for x in (all_means.max(0) - all_means.min(0)) / np.maximum(all_means.mean(0), 1e-9)))
    by_seed = np.array([[v[k] for v in rows.values()] for k in range(len(seeds))])
    for s, v in zip(seeds, by_seed):
        print(f'{"of seed":>18} {s:>5}' + ''.join(f'{100 * x:>11.2f}' for x in (v.max(0) - v.min(0)) / np.maximum(v.mean(0), 1e-9)))


if __name__ == '__main__':
    main()
