// The display in a real browser, on the real demonstration: what an operator does, and what the page then says.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openBrowser, openDisplay, screenshot, snapshot, startDemo, whyNot } from './harness.mjs';

const skip = whyNot() ?? false;

describe('the display', { skip, timeout: 300_000 }, () => {
  let demo, browser, page;
  before(async () => {
    demo = await startDemo('--speed', '20');
    browser = await openBrowser();
    page = browser.page;
    await openDisplay(page, demo.url, { tracks: 5 });
  });
  after(async () => {
    await browser?.close();
    demo?.child?.kill('SIGKILL');
  });

  const text = (selector) => page.locator(selector).innerText();
  const state = () => page.evaluate(() => window.asman.snapshot().state);
  const lookAs = async (code) => {
    await page.click(`#as-${code}`);
    await page.waitForFunction((wanted) => window.asman.snapshot().state === wanted, code);
  };
  const setLaw = async (date) => {
    await page.fill('#law-date', date);
    await page.press('#law-date', 'Enter');
    await page.waitForFunction((wanted) => window.asman.snapshot().law_time.startsWith(wanted), date);
    await page.locator('#law-date').blur();
  };
  const throughAccords = (s) => s.tracks.filter((t) => !t.sources.some((x) => x.clauses.length === 0)).length;

  it('says what it is: simulated, who looks, the time, the terrain', async () => {
    assert.equal(await text('#mode'), 'SIMULATED');
    const s = await snapshot(page);
    assert.equal(await page.getAttribute(`#as-${s.state}`, 'aria-checked'), 'true');
    assert.match(await text('#clock'), /^\d\d:\d\d:\d\dZ$/);
    assert.match(await text('#picture'), new RegExp(`^${s.state}: \\d+ tracks`));
    assert.ok(s.states.length >= 2 && s.sensors.length > 0);
  });

  it('takes nothing from anywhere but its own server', () => {
    const own = new URL(demo.url).host;
    const elsewhere = browser.requests.filter((url) => !/^(data|blob):/.test(url) && new URL(url).host !== own);
    assert.deepEqual(elsewhere, []);
  });

  it('shows labels that do not overlap', async () => {
    const labels = await page.evaluate(() => window.asman.labels().map((l) => l.box));
    assert.ok(labels.length > 0);
    for (const [i, a] of labels.entries())
      for (const b of labels.slice(i + 1))
        assert.ok(a.x >= b.x + b.w || b.x >= a.x + a.w || a.y >= b.y + b.h || b.y >= a.y + a.h, 'two labels overlap');
  });

  it('selects the track that is clicked and tells by whose sensors it is seen', async () => {
    await page.keyboard.press('Space'); // hold still while aiming
    await page.waitForFunction(() => window.asman.snapshot().paused);
    const map = await page.locator('#map').boundingBox();
    const target = await page.evaluate(() => {
      const all = window.asman.positions();
      const { clientWidth: w, clientHeight: h } = document.getElementById('map');
      const free = (p) => p.x > 200 && p.x < w - 60 && p.y > 40 && p.y < h - 240 && all.every((q) => q === p || Math.hypot(p.x - q.x, p.y - q.y) > 30);
      return all.find(free);
    });
    assert.ok(target, 'no track stands alone on the map');
    await page.mouse.click(map.x + target.x, map.y + target.y);
    const track = (await snapshot(page)).tracks.find((t) => t.n === target.n);
    const panel = await text('#track');
    assert.match(panel, /Seen through/);
    assert.ok(panel.includes(`${track.n} (`));
    if (track.callsign) assert.equal(await text('#track-name'), track.callsign);
    for (const source of track.sources) for (const clause of source.clauses) assert.ok(panel.includes(clause), `${clause} is not shown`);
    await page.keyboard.press('Space');
    await page.waitForFunction(() => !window.asman.snapshot().paused);
  });

  it('answers why a track is seen', async () => {
    await page.click('#explain');
    await page.waitForSelector('.explain li');
    assert.ok((await text('.explain')).length > 'Why do I see this?'.length);
  });

  it('changes the state that looks, and with it the picture', async () => {
    const first = await state();
    const before = await snapshot(page);
    const other = before.states.find((s) => s !== first && before.lines.some((l) => l.state === s && l.local_tracks > 0));
    assert.ok(other, 'no other state sees anything');
    await lookAs(other);
    assert.equal(await page.getAttribute(`#as-${other}`, 'aria-checked'), 'true');
    assert.match(await text('#picture'), new RegExp(`^${other}:`));
    assert.match(page.url(), new RegExp(`as=${other}`));
    const after_ = await snapshot(page);
    assert.ok(after_.sensors.filter((s) => s.mine).every((s) => s.owner === other));
    await lookAs(first);
  });

  it('moves the law date: without accords each state has its own eyes, with them more', async () => {
    const first = await state();
    const today = (await snapshot(page)).law_time.slice(0, 10);
    await setLaw('1990-01-01'); // before any accord was signed
    await page.waitForFunction(() => window.asman.snapshot().tracks.every((t) => t.sources.some((s) => s.clauses.length === 0)), undefined, { timeout: 60_000 });
    assert.match(await text('#picture'), / 0 only through accords$/);
    await page.click('#tab-accords');
    assert.ok(!(await text('#accords')).split('\n').includes('operative'));

    await setLaw(today);
    await page.click('#tab-accords');
    await page.waitForFunction(() => document.getElementById('accords').innerText.includes('operative'));
    // Which state gains most is for the law and the sky to say.
    const gains = async () => (await snapshot(page)).lines.filter((l) => l.through_accords > 0).sort((a, b) => b.through_accords - a.through_accords);
    await page.waitForFunction(() => window.asman.snapshot().lines.some((l) => l.through_accords > 0), undefined, { timeout: 60_000 });
    const [best] = await gains();
    if (best.state !== (await state())) await lookAs(best.state);
    await page.waitForFunction(() => / [1-9]\d* only through accords$/.test(document.getElementById('picture').innerText), undefined, { timeout: 60_000 });
    assert.ok(throughAccords(await snapshot(page)) > 0);
    if (first !== (await state())) await lookAs(first);
  });

  it('is driven by keys alone', async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    const one = await text('#track-name');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    assert.equal(await text('#track-name'), one);
    await page.keyboard.press('?');
    assert.ok(await page.isVisible('dialog#help'));
    await page.keyboard.press('Escape');
    assert.ok(!(await page.isVisible('dialog#help')));
    await page.keyboard.press('/');
    await page.keyboard.type('zzzzzz');
    assert.equal(await page.locator('#tracks .row').count(), 0);
    await page.fill('#filter', '');
    await page.keyboard.press('Escape');
    const { speed } = await snapshot(page);
    await page.keyboard.press('+');
    await page.waitForFunction((was) => window.asman.snapshot().speed > was, speed);
    await page.keyboard.press('-');
    await page.waitForFunction((was) => window.asman.snapshot().speed === was, speed);
    const date = (await snapshot(page)).law_time.slice(0, 10);
    await page.keyboard.press(']');
    await page.waitForFunction((was) => window.asman.snapshot().law_time.slice(0, 10) > was, date);
    await page.keyboard.press('[');
    await page.waitForFunction((was) => window.asman.snapshot().law_time.startsWith(was), date);
  });

  it('stands still when paused', async () => {
    await page.click('#pause');
    await page.waitForFunction(() => window.asman.snapshot().paused);
    const then = await text('#clock');
    await page.waitForTimeout(1500);
    assert.equal(await text('#clock'), then);
    assert.match(await text('#link'), /paused/);
    await page.click('#pause');
    await page.waitForFunction((was) => document.getElementById('clock').innerText !== was, then);
  });

  it('comes back after a reload as it was', async () => {
    const was = await state();
    await page.keyboard.press('PageUp');
    await page.waitForTimeout(300);
    const hash = new URL(page.url()).hash;
    await page.reload();
    await page.waitForFunction(() => window.asman?.snapshot());
    await page.waitForFunction((wanted) => window.asman.snapshot().state === wanted, was);
    assert.equal(new URL(page.url()).hash, hash);
  });

  it('is readable at 1280 by 800 and wide', async () => {
    await page.keyboard.press('j');
    for (const [width, height] of [[1280, 800], [1920, 1080]]) {
      await page.setViewportSize({ width, height });
      await page.waitForTimeout(800);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth || document.getElementById('top').scrollWidth > innerWidth);
      assert.ok(!sideways, `the page is wider than ${width}`);
      await screenshot(page, width === 1280 ? 'display' : 'display-wide');
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('had no error in the page', () => {
    assert.deepEqual(browser.errors, []);
  });

  it('says that the picture is old when the server goes, and the server stops cleanly', { skip: process.env.ASMAN_DISPLAY_URL !== undefined }, async () => {
    demo.child.kill('SIGINT');
    const { code } = await demo.done;
    assert.equal(code, 0);
    await page.waitForFunction(() => document.getElementById('link').innerText.includes('connection lost'));
    assert.ok(await page.evaluate(() => document.body.classList.contains('stale')));
  });
});
