// Coverage in the display: what a state sees by level, law and source; before and after; a section; a plot's positions.
import assert from 'node:assert/strict';
import { rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run } from '../program.mjs';
import { makeSurface } from '../surface.mjs';
import { openBrowser, openDisplay, screenshot, startDemo, whyNot } from './harness.mjs';

const skip = process.env.ASMAN_DISPLAY_URL ? 'needs a demonstration of its own' : (whyNot() ?? false);

describe('coverage in the display', { skip, timeout: 400_000 }, () => {
  let demo, browser, page, folder, sited;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'asman-coverage-'));
    const { surface, plot } = makeSurface(folder, { reach: 600 });
    const out = join(folder, 'sited.geojson');
    const { code, out: said, err } = await run([
      'site', '--plot', plot, '--surface', surface, '--near', '400', '--like', 'RUS/Kant', '--with', 'KGZ', '--mast', '5', '30',
      '--positions', '300', '--json', '--out', out,
    ]);
    assert.equal(code, 0, err);
    [sited] = JSON.parse(said);
    demo = await startDemo('--speed', '5', '--as', 'KGZ', '--siting', out);
    browser = await openBrowser();
    page = browser.page;
    await openDisplay(page, demo.url, { tracks: 5 });
  });
  after(async () => {
    await browser?.close();
    demo?.child?.kill('SIGKILL');
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const text = (selector) => page.locator(selector).innerText();
  const coverage = (f) => page.evaluate(f);
  const still = async () => {
    await page.waitForFunction(() => window.asman.idle());
    await page.waitForTimeout(600);
  };
  /** A row of the figures: [now], or [before, now]. */
  const figure = async (name) => {
    const row = page.locator('#sight-figures .figures').first().locator('tr', { has: page.locator('th', { hasText: new RegExp(`^${name}`) }) });
    return (await row.locator('td').first().innerText()).split('→').map((n) => Number(n.replace(/\D/g, '')));
  };
  const setSlider = (i) =>
    page.locator('#sight-after').evaluate((slider, value) => {
      slider.value = String(value);
      slider.dispatchEvent(new Event('input'));
      slider.dispatchEvent(new Event('change'));
    }, i);

  it('has the maps when they are made, and shows them by one key', async () => {
    await page.keyboard.press('o');
    await page.waitForFunction(() => !document.querySelector('.sight-controls').hidden, undefined, { timeout: 180_000 });
    assert.equal(await coverage(() => window.asman.coverage().on), false);
    await page.keyboard.press('m');
    assert.equal(await coverage(() => window.asman.coverage().on), true);
    assert.equal(await page.isChecked('#sight-on'), true);
  });

  it('shows before and after the law of 2 November 2023, with figures that add up', async () => {
    const options = await page.locator('#sight-before option').allInnerTexts();
    const entry = options.findIndex((o) => o.startsWith('2023-11-02'));
    assert.ok(entry > 0, options.join('\n'));
    await setSlider(entry - 1);
    await page.selectOption('#sight-before', String(entry - 2));
    assert.equal(await text('#sight-date'), '2023-11-02');
    assert.match(await text('#sight-changes'), /RUS-KGZ-2022 enters into force/);
    // The tracks follow: the law date is the slider's.
    await page.waitForFunction(() => window.asman.snapshot().law_time.startsWith('2023-11-02'));
    const [was, now] = await figure('Seen');
    const [gained] = await figure('gained');
    const [lost] = await figure('lost');
    assert.ok(now > 2 * was, `${was} → ${now}`);
    assert.ok(Math.abs(gained - lost - (now - was)) <= 0.002 * now, `${gained} - ${lost} is not ${now} - ${was}`);
    assert.equal(lost, 0);
    await still();
    await screenshot(page, 'coverage-after');
  });

  it('tells gain from loss by hatch and edge when the slider goes back', async () => {
    const [after_, before_] = await coverage(() => [window.asman.coverage().after, window.asman.coverage().before]);
    await setSlider(before_);
    await page.selectOption('#sight-before', String(after_));
    const [lost] = await figure('lost');
    assert.ok(lost > 0);
    assert.equal((await figure('gained'))[0], 0);
    await setSlider(after_);
    await page.selectOption('#sight-before', String(before_));
  });

  it('separates levels and sources', async () => {
    const [, high] = await figure('Seen');
    await page.keyboard.press('Shift+U');
    const level = await coverage(() => window.asman.coverage().level);
    assert.ok(level < 100);
    assert.equal(await page.getAttribute(`.level[data-level="${level}"]`, 'aria-checked'), 'true');
    assert.ok((await figure('Seen')).at(-1) < high, 'lower down more is seen');
    await page.keyboard.press('u');
    // Among the buttons of levels arrows move, as among radio buttons.
    await page.focus('.level[aria-checked="true"]');
    await page.keyboard.press('ArrowRight');
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-checked')), 'true');
    assert.ok((await coverage(() => window.asman.coverage().level)) > 100);
    await page.keyboard.press('ArrowLeft');
    await page.evaluate(() => document.activeElement.blur());
    const sources = await page.locator('#sight-source option').evaluateAll((all) => all.map((o) => o.value));
    assert.ok(sources.includes('own') && sources.includes('KAZ'), sources.join());
    await page.selectOption('#sight-source', 'own');
    assert.deepEqual(await figure('gained'), [0]); // an accord adds nothing to own sensors
    await page.selectOption('#sight-source', 'KAZ');
    const [byKaz] = await figure('gained');
    await page.selectOption('#sight-source', '');
    const [byAll] = await figure('gained');
    assert.ok(byKaz > 0 && byKaz <= byAll, `${byKaz} of ${byAll}`);
  });

  it('cuts a section along a line that is drawn, by mouse and by keys', async () => {
    const map = await page.locator('#map').boundingBox();
    await page.click('#section-draw');
    await page.mouse.click(map.x + map.width * 0.3, map.y + map.height * 0.3);
    await page.mouse.click(map.x + map.width * 0.75, map.y + map.height * 0.55);
    await page.waitForSelector('.section-chart', { timeout: 60_000 });
    const first = await coverage(() => window.asman.coverage().section);
    assert.equal(first.state, 'KGZ');
    assert.ok(first.length_m > 50e3 && first.joint.length === first.ground.length);
    // Joint is own and more; nothing is seen below the ground.
    for (const [i, column] of first.joint.entries())
      for (let k = 0; k < column.length; k++) {
        assert.ok(Number(column[k]) >= Number(first.own[i][k]));
        if ((k * first.ceiling_m) / (column.length - 1) < first.ground[i] - 1) assert.equal(column[k], '0');
      }
    assert.match(await text('.section'), /law of 2023-11-02/);
    assert.ok(await page.locator('.section-chart').isVisible());
    const overlapping = await page.locator('.section-chart text').evaluateAll((all) => {
      const boxes = all.map((t) => t.getBoundingClientRect());
      return boxes.some((a, i) => boxes.slice(i + 1).some((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom));
    });
    assert.equal(overlapping, false, 'words of the section overlap');
    await still();
    await screenshot(page, 'coverage-section');

    await page.selectOption('#section-target', 'airliner');
    await page.waitForFunction((was) => window.asman.coverage().section?.request > was, first.request, { timeout: 60_000 });
    await page.locator('#section-target').blur();
    await page.keyboard.press('d');
    await page.keyboard.press('Enter'); // the middle of the map
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
    const was = await coverage(() => window.asman.coverage().ends.length);
    assert.equal(was, 1);
    await page.keyboard.press('Enter');
    await page.waitForFunction((n) => (window.asman.coverage().section?.request ?? 0) > n, first.request + 1, { timeout: 60_000 });
    assert.equal(await coverage(() => window.asman.coverage().section.target), 'airliner');
    await page.keyboard.press('d');
    await page.keyboard.press('Escape');
    assert.equal(await coverage(() => window.asman.coverage().drawing), false);
  });

  it('shows where on the plot a mast stands best, and whether that matters', async () => {
    const [low, high] = sited.by_mast;
    const panel = await text('#siting');
    assert.match(panel, /Kant/);
    assert.match(panel, new RegExp(`${low.as_good_as_best} of ${sited.positions}`));
    assert.match(panel, low.as_good_as_best < sited.positions ? /With 5 m it matters where it stands/ : /does not matter/);
    await page.selectOption('#siting-mast', '30');
    assert.match(await text('#siting'), high.as_good_as_best < sited.positions ? /With 30 m it matters/ : /With 30 m it does not matter/);
    await page.selectOption('#siting-mast', '5');
    await page.click('#siting-go');
    await still();
    const inView = await page.evaluate(() => {
      const p = window.asman.project(42.85, 74.85);
      const { clientWidth: w, clientHeight: h } = document.getElementById('map');
      return p.x > 0 && p.x < w && p.y > 0 && p.y < h;
    });
    assert.ok(inView);
    await screenshot(page, 'siting');
  });

  it('fits its column, narrow and wide', async () => {
    for (const [width, height] of [[1024, 768], [1280, 800], [1920, 1080]]) {
      await page.setViewportSize({ width, height });
      await page.waitForTimeout(500);
      const [wide, room] = await page.evaluate(() => {
        const frame = document.getElementById('panel-coverage');
        return [Math.max(...[frame, ...frame.querySelectorAll('*')].map((e) => e.getBoundingClientRect().right)), frame.getBoundingClientRect().right];
      });
      assert.ok(wide <= room + 1, `at ${width} something reaches ${Math.round(wide - room)} px beyond the panel`);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('takes nothing from elsewhere and has no error in the page', () => {
    const own = new URL(demo.url).host;
    assert.deepEqual(browser.requests.filter((url) => !/^(data|blob):/.test(url) && new URL(url).host !== own), []);
    assert.deepEqual(browser.errors, []);
  });
});
