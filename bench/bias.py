#!/usr/bin/env python3
"""Scenes with biased radars, each beside the very same scene without: what registration leaves of the biases, in the picture and in the estimates.

  bench/bias.py [--seeds 400-411] [--only REGEX] [--asman build/release/asman] [--data ../shared/data/tracking] [--work build/bias] [--jobs 1] [--json FILE]

Seeds go in turn round the kinds of KINDS: plane and ellipsoid, echoes, replies, and replies with heights by pressure. Scored from 180 s, when the
estimates have had three minutes. GOSPA and position: of the biased scene over the unbiased one's. Residuals: the worst radar's at the end, `asman register`
against bias.json; beside it in how many sigmas of its own it is off at most.
"""
import argparse, json, os, re, subprocess, sys
from multiprocessing import Pool
import tracking

KINDS = [('psr', ''), ('psr-geo47N', '--geodetic=47,8'), ('ssr', '--mode ssr'), ('ssr-geo80N', '--mode ssr --geodetic=80,20'), ('ssr-hard', '--mode ssr --hard'),
         ('ssr-hard-geo180', '--mode ssr --hard --geodetic=-17,179.8'), ('psr-hard', '--hard'), ('psr-geo33S', '--geodetic=-33,151')]


def pair(job):
    name, seed, args, a = job
    made = [tracking.evaluate((f'{name}-s{seed}{word}', ('unseen', 'bias', f'--targets 100 --seed {seed} {args} {option}'.split(), None, 180), a))
            for word, option in (('', ''), ('-bias', '--bias'))]
    true, biased = made[0][3], made[1][3]
    folder = os.path.join(a.work, f'{name}-s{seed}-bias')
    with open(folder + '/bias.json') as f:
        bias = json.load(f)
    said = subprocess.run([a.asman, 'register', '--plots', folder + '/plots.csv', '--meta', folder + '/meta.json', '--json'], check=True, capture_output=True, text=True)
    metres, degrees, sigmas = 0.0, 0.0, 0.0
    for line in map(json.loads, said.stdout.splitlines()):
        off = bias.get(str(line.get('sensor')))
        if off is None:
            continue
        off_range, off_azimuth = line['range_bias_m'] - off['range_m'], line['azimuth_bias_deg'] - off['azimuth_deg']
        metres, degrees = max(metres, abs(off_range)), max(degrees, abs(off_azimuth))
        sigmas = max(sigmas, abs(off_range) / line['range_bias_m_sigma'], abs(off_azimuth) / line['azimuth_bias_deg_sigma'])
    return {'scene': f'{name}-s{seed}', 'gospa': biased['gospa'] / true['gospa'], 'position': biased['pos_rmse'] / true['pos_rmse'],
            'gospa_oracle': biased['gospa'] / made[1][4]['gospa'], 'false': biased['false_tracks'], 'false_without': true['false_tracks'],
            'range_m': metres, 'azimuth_deg': degrees, 'sigmas': sigmas}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--seeds', default='400-411')
    p.add_argument('--only', default='')
    p.add_argument('--asman', default=tracking.HERE + '/../build/release/asman')
    p.add_argument('--data', default=tracking.HERE + '/../../shared/data/tracking')
    p.add_argument('--work', default=tracking.HERE + '/../build/bias')
    p.add_argument('--jobs', type=int, default=1)
    p.add_argument('--json')
    a = p.parse_args()
    a.option, a.tag = [], ''
    a.asman, a.data, a.work = map(os.path.abspath, (a.asman, a.data, a.work))
    first, _, last = a.seeds.partition('-')
    seeds = range(int(first), int(last or first) + 1)
    jobs = [(*KINDS[i % len(KINDS)], a) for i in range(len(seeds))]
    jobs = [(name, seed, args, a) for (name, args, a), seed in zip(jobs, seeds) if re.search(a.only, f'{name}-s{seed}')]
    with Pool(a.jobs) as pool:
        rows = []
        print(f'{"scene":24}{"GOSPA":>8}{"position":>10}{"x oracle":>10}{"false":>7}{"(without)":>10}{"range m":>9}{"azimuth deg":>13}{"sigmas":>8}')
        for r in pool.imap(pair, jobs, chunksize=1):
            rows.append(r)
            print(f'{r["scene"]:24}{r["gospa"]:8.3f}{r["position"]:10.3f}{r["gospa_oracle"]:10.3f}{r["false"]:7}{r["false_without"]:10}{r["range_m"]:9.1f}{r["azimuth_deg"]:13.4f}'
                  f'{r["sigmas"]:8.1f}', flush=True)
    if a.json:
        with open(a.json, 'w') as f:
            json.dump(rows, f, indent=1)


if __name__ == '__main__':
    main()
