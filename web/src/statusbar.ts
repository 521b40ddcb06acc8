// The bar at the bottom: whether the picture is alive, what it holds, where the pointer is.
import type { App } from './app';
import { nauticalMile, position, rangeBearing, trackName } from './format';
import { h, setText } from './dom';

export function makeStatusBar(root: HTMLElement, app: App, pointer: () => { lat: number; lon: number } | null): () => void {
  const link = h('span', { id: 'link', class: 'link' });
  const picture = h('span', { id: 'picture' });
  const other = h('span', { id: 'other-law', class: 'dim', title: 'The last picture under the law before' });
  const terrain = h('span', { class: 'dim' });
  const error = h('span', { id: 'error', class: 'error', role: 'status' });
  const where = h('span', { class: 'num where' });
  root.append(link, picture, other, terrain, error, h('span', { class: 'space' }), where);

  return () => {
    const { snapshot } = app;
    const stale = app.stale;
    link.classList.toggle('stale', stale);
    setText(link, app.link === 'lost' ? '▲ connection lost, trying again' : app.link === 'connecting' && !snapshot ? '△ connecting' : stale ? '▲ no news: the picture is old' : snapshot?.paused ? '❚❚ paused' : '● running');
    document.body.classList.toggle('stale', stale && snapshot !== undefined);
    if (snapshot) {
      const line = snapshot.lines.find((l) => l.state === snapshot.state);
      const through = app.throughAccords();
      const parts = [`${snapshot.state}: ${snapshot.tracks.length} tracks`];
      if (line) parts.push(`${line.local_tracks} alone`);
      parts.push(`${through} only through accords`);
      setText(picture, parts.join(' · '));
      const was = app.underOtherLaw;
      setText(other, was ? `(law of ${was.date}: ${was.tracks} tracks, ${was.through} through accords)` : '');
      setText(terrain, snapshot.terrain ? `Terrain: ${snapshot.terrain}` : '');
    }
    setText(error, app.error);
    const at = pointer();
    const track = app.track(app.selected);
    let text = at ? position(at.lat, at.lon) : '';
    if (at && track) {
      const { range, bearing } = rangeBearing(track, at);
      text = `${trackName(track)} → ${String(Math.round(bearing) % 360).padStart(3, '0')}° ${(range / nauticalMile).toFixed(1)} NM   ${text}`;
    }
    setText(where, text);
  };
}
