#!/usr/bin/env python3
"""How well the biases of a benchmark scene could be known at best: the Cramér–Rao bound, computed from the truth.

  bench/bias_bound.py FOLDER... [--data ../shared/data/tracking] [--window 60]

The plots and truth of each scene tell when which radar saw which aircraft. Unknown are every radar's range and azimuth bias and, of every aircraft, place and
velocity in each window of so many seconds (it flies straight there, which is kinder than truth) and, on the ellipsoid, height and vertical speed, constant all the time
(kinder too; known beforehand to 3 km and 5 m/s). Nothing else errs: no false plots, no doubt about who is who, noise of the standard deviations in
meta.json. Four columns, worst radar: heights told (as replies tell them); heights unknown; and with an unknown gain of 1e-4 and clock of 50 ms (1 σ) too, which is what the
tracker allows for. The last: and tied by the prior of the biases (120 m, 0.2°).
"""
import argparse, csv, json, os
import numpy as np
import tracking


def bound(folder, geo, window, heights, gain, clock, prior):
    with open(folder + '/meta.json') as f:
        meta = json.load(f)
    plane = meta.get('frame') != 'wgs84'
    sensors = {s['id']: s for s in meta['sensors']}
    order = {k: i for i, k in enumerate(sensors)}
    columns = lambda name: np.array([float(r[name]) for r in rows])
    with open(folder + '/truth.csv', newline='') as f:
        rows = list(csv.DictReader(f))
    t, who = columns('time'), columns('truth_id').astype(int)
    x, y = (columns('x'), columns('y')) if plane else geo.to_plane(meta['centre'], columns('lat'), columns('lon'))
    z = columns('z')
    path = {i: np.stack([t[who == i], x[who == i], y[who == i], z[who == i]]) for i in np.unique(who)}
    with open(folder + '/plots.csv', newline='') as f:
        plots = [(float(r['time']), int(r['sensor'])) for r in csv.DictReader(f)]
    with open(folder + '/plot_truth.csv', newline='') as f:
        of = [int(r['truth_id']) for r in csv.DictReader(f)]
    seen = {}
    for (at, sensor), i in zip(plots, of):
        if i >= 0:
            seen.setdefault(i, []).append((at, sensor))
    per = 4                                                # range, azimuth, gain, clock of each radar
    common = np.zeros((per * len(sensors), per * len(sensors)))
    for k in range(len(sensors)):
        tied = [prior and 120.0, prior and np.deg2rad(0.2), gain, clock]
        for j, sigma in enumerate(tied):
            common[per * k + j, per * k + j] = 1 / sigma ** 2 if sigma else (0 if j < 2 else 1e18)

    def measure(sensor, px, py, h):
        s = sensors[sensor]
        if plane:
            return np.hypot(px - s['x'], py - s['y']), np.arctan2(px - s['x'], py - s['y'])
        r, az = geo.measure((s['lat'], s['lon'], s['height_m']), *geo.from_plane(meta['centre'], px, py), h)
        return r, az

    for i, looks in seen.items():
        at, sensor = np.array([p[0] for p in looks]), np.array([p[1] for p in looks])
        px, py, h = (np.interp(at, path[i][0], path[i][k]) for k in (1, 2, 3))
        span = (at - at[0]) // window
        windows = int(span.max()) + 1
        mine = 4 * windows + 2
        J = np.zeros((2 * len(at), mine + common.shape[0]))
        weight = np.zeros(2 * len(at))
        for sid, s in sensors.items():
            m = np.flatnonzero(sensor == sid)
            if not len(m):
                continue
            step, wrapped = 10.0, lambda d: (d + np.pi) % (2 * np.pi) - np.pi
            derivative = {}
            for name, (dx, dy, dh) in {'x': (step, 0, 0), 'y': (0, step, 0), 'h': (0, 0, step)}.items():
                a, b = measure(sid, px[m] + dx, py[m] + dy, h[m] + dh), measure(sid, px[m] - dx, py[m] - dy, h[m] - dh)
                derivative[name] = (a[0] - b[0]) / (2 * step), wrapped(a[1] - b[1]) / (2 * step)
            within, since = at[m] - at[0] - (span[m] + 0.5) * window, at[m] - at.mean()
            r = measure(sid, px[m], py[m], h[m])[0]
            later = 0.5
            ahead = [measure(sid, *(np.interp(at[m] + d, path[i][0], path[i][k]) for k in (1, 2, 3))) for d in (later, -later)]
            rate = (ahead[0][0] - ahead[1][0]) / (2 * later), wrapped(ahead[0][1] - ahead[1][1]) / (2 * later)
            for part in (0, 1):
                row = 2 * m + part
                first = (4 * span[m]).astype(int)
                J[row, first], J[row, first + 1] = derivative['x'][part], derivative['y'][part]
                J[row, first + 2], J[row, first + 3] = derivative['x'][part] * within, derivative['y'][part] * within
                J[row, mine - 2], J[row, mine - 1] = derivative['h'][part], derivative['h'][part] * since
                k = mine + per * order[sid]
                J[row, k + part] = 1
                if part == 0:
                    J[row, k + 2] = r
                J[row, k + 3] = rate[part]
                weight[row] = 1 / (s['sigma_r_m'] if part == 0 else np.deg2rad(s['sigma_az_deg'])) ** 2
        info = J.T @ (weight[:, None] * J)
        own = info[:mine, :mine] + np.diag(np.r_[np.tile([1e-12, 1e-12, 1e-6, 1e-6], windows), [1 / 3000 ** 2, 1 / 25] if heights else [1e6, 1e6]])
        cross = info[:mine, mine:]
        common += info[mine:, mine:] - cross.T @ np.linalg.solve(own, cross)
    # Scaled to a unit diagonal, so that metres and radians go together.
    d = np.sqrt(np.diag(common))
    covariance = np.linalg.inv(common / np.outer(d, d)) / np.outer(d, d)
    sigma = np.sqrt(np.diag(covariance))
    return sigma[0::per].max(), np.rad2deg(sigma[1::per].max())


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('folders', nargs='+')
    p.add_argument('--data', default=tracking.HERE + '/../../shared/data/tracking')
    p.add_argument('--window', type=float, default=60)
    a = p.parse_args()
    geo = tracking.load(os.path.abspath(a.data), 'geo')
    cases = [(False, 0, 0, False), (True, 0, 0, False), (True, 1e-4, 0.05, False), (True, 1e-4, 0.05, True)]
    print(f'{"1 sigma, worst radar":<32}{"heights told":>18}{"heights unknown":>18}{"gain, clock too":>18}{"with the prior":>18}')
    for folder in a.folders:
        made = [bound(folder, geo, a.window, *c) for c in cases]
        print(f'{os.path.basename(os.path.abspath(folder)):<32}' + ''.join(f'{m:>8.1f} m {d:.4f}°' for m, d in made))


if __name__ == '__main__':
    main()
