// Starts the demonstration and a browser for the tests beside it. Needs: build/release/asman (or ASMAN), the built display
// (web/dist), Debian's chromium (or CHROMIUM), playwright-core from web/node_modules.
//   ASMAN_DISPLAY_URL=http://localhost:8099  test a server that already runs instead
//   ASMAN_SCREENSHOTS=1                      write the screenshots of the documentation to docs/images
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asman, root, start } from '../program.mjs';

const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Why these tests cannot run here; null: they can. With ASMAN_REQUIRE_BROWSER=1 a reason is a failure. */
export function whyNot() {
  const missing = [
    [process.env.ASMAN_DISPLAY_URL || existsSync(asman), `${asman} is not built`],
    [process.env.ASMAN_DISPLAY_URL || existsSync(join(root, 'web', 'dist', 'index.html')), 'web/dist is not built'],
    [existsSync(join(root, 'web', 'node_modules', 'playwright-core')), 'web/node_modules is not installed'],
    [existsSync(chromium), `${chromium} is not installed`],
  ].find(([there]) => !there);
  if (missing && process.env.ASMAN_REQUIRE_BROWSER === '1') throw new Error(missing[1]);
  return missing ? missing[1] : null;
}

/** The demonstration on a free port: {url, child, done}; `done` is program.mjs's. */
export async function startDemo(...options) {
  if (process.env.ASMAN_DISPLAY_URL) return { url: process.env.ASMAN_DISPLAY_URL, child: null, done: Promise.resolve({ code: 0 }) };
  const demo = start(['demo', '--port', '0', ...options], { timeout: 600_000 });
  let ended = null;
  demo.done.then((result) => (ended = result));
  for (let tries = 0; tries < 600; tries++) {
    const found = /http:\/\/localhost:\d+/.exec(demo.text().out);
    if (found) return { url: found[0], child: demo.child, done: demo.done };
    if (ended) break;
    await sleep(100);
  }
  demo.child.kill('SIGKILL');
  throw new Error(`asman demo gave no address: ${demo.text().err}`);
}

/** A browser without a network, with its own empty profile: {page, requests, errors, close}. */
export async function openBrowser({ width = 1280, height = 800 } = {}) {
  const playwright = createRequire(join(root, 'web', 'package.json'))('playwright-core');
  const profile = mkdtempSync(join(tmpdir(), 'asman-browser-'));
  const context = await playwright.chromium.launchPersistentContext(profile, {
    executablePath: chromium,
    headless: true,
    viewport: { width, height },
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
      '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader',
    ],
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(30_000);
  const requests = [];
  const errors = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  const close = async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  };
  return { page, requests, errors, close };
}

/** Loads the display and waits until it shows a picture with at least `tracks` tracks on a map at rest. */
export async function openDisplay(page, url, { tracks = 1 } = {}) {
  await page.goto(url);
  await page.waitForFunction(
    (least) => (window.asman?.snapshot()?.tracks.length ?? 0) >= least && window.asman.idle(), tracks, { timeout: 90_000, polling: 250 });
}

export const snapshot = (page) => page.evaluate(() => window.asman.snapshot());

/** For the documentation when ASMAN_SCREENSHOTS=1, else to build/screenshots to look at when a test fails. */
export async function screenshot(page, name) {
  const folder = process.env.ASMAN_SCREENSHOTS === '1' ? join(root, 'docs', 'images') : join(root, 'build', 'screenshots');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
