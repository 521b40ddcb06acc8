#!/usr/bin/env python3
"""Draws tracks (time,track_id,lat,lon,…) as an SVG: a line a track, coloured by number, a ring where it ends, degrees round the edge.

  bench/tracks_svg.py tracks.csv --out FILE [--width 900] [--title TEXT] [--site LAT,LON]…
"""
import argparse, csv, math
from collections import defaultdict


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('tracks'); ap.add_argument('--out', required=True); ap.add_argument('--width', type=int, default=900)
    ap.add_argument('--title', default=''); ap.add_argument('--site', action='append', default=[])
    a = ap.parse_args()
    lines = defaultdict(list)
    for r in csv.DictReader(open(a.tracks)):
        lines[r['track_id']].append((float(r['lon']), float(r['lat'])))
    sites = [tuple(map(float, s.split(',')))[::-1] for s in a.site]
    xs, ys = zip(*[p for v in lines.values() for p in v], *sites)
    west, east, south, north = min(xs) - 0.1, max(xs) + 0.1, min(ys) - 0.1, max(ys) + 0.1
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = (a.width - 60) / ((east - west) * squeeze)
    height = int((north - south) * scale) + 60
    at = lambda p: (30 + (p[0] - west) * squeeze * scale, height - 30 - (p[1] - south) * scale)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{a.width}" height="{height}" font-family="sans-serif" font-size="12">',
           f'<rect width="{a.width}" height="{height}" fill="#fff"/>']
    step = next(s for s in (0.25, 0.5, 1, 2, 5, 10) if (east - west) / s <= 12)
    for k in range(math.ceil(west / step), math.floor(east / step) + 1):
        x = at((k * step, south))[0]
        out.append(f'<path d="M{x:.1f} 30V{height - 30}" stroke="#ddd"/><text x="{x:.1f}" y="{height - 12}" text-anchor="middle" fill="#666">{k * step:g}°E</text>')
    for k in range(math.ceil(south / step), math.floor(north / step) + 1):
        y = at((west, k * step))[1]
        out.append(f'<path d="M30 {y:.1f}H{a.width - 30}" stroke="#ddd"/><text x="4" y="{y - 3:.1f}" fill="#666">{k * step:g}°N</text>')
    for number, points in sorted(lines.items(), key=lambda i: (len(i[0]), i[0])):
        hue = hash_of(number) % 360
        path = ' '.join(f'{x:.1f},{y:.1f}' for x, y in map(at, points))
        x, y = at(points[-1])
        out.append(f'<polyline points="{path}" fill="none" stroke="hsl({hue},70%,38%)" stroke-width="1.3"/>'
                   f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="none" stroke="hsl({hue},70%,38%)"/>')
    for s in sites:
        x, y = at(s)
        out.append(f'<path d="M{x:.1f} {y - 6:.1f}l6 10h-12z" fill="#c00"/>')
    if a.title: out.append(f'<text x="30" y="20" font-size="14">{a.title}</text>')
    open(a.out, 'w').write('\n'.join(out) + '\n</svg>\n')


def hash_of(text):
    h = 0
    for c in text: h = (h * 131 + ord(c)) % 1_000_003
    return h * 137


if __name__ == '__main__':
    main()
