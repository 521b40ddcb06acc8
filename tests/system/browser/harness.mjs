// Starts the demonstration and a browser for the tests beside it. Needs: build/release/asman (or ASMAN), the built display
// (web/dist), Debian's chromium (or CHROMIUM), playwright-core from web/node_modules.
//   ASMAN_DISPLAY_URL=http://localhost:8099  test a server that already runs instead
//   ASMAN_SCREENSHOTS=1                      write the screenshots of the documentation to docs/images
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const asman = process.env.ASMAN ?? join(root, 'build', 'release', 'asman');
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

/** The demonstration on a free port: {url, child, exited}. `exited` resolves to {code, signal}. */
export async function startDemo(...options) {
  if (process.env.ASMAN_DISPLAY_URL) return { url: process.env.ASMAN_DISPLAY_URL, child: null, exited: Promise.resolve({ code: 0 }) };
  const child = spawn(asman, ['demo', '--port', '0', ...options], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  const url = await new Promise((resolve, reject) => {
    const take = (data) => {
      output += data;
      const found = /http:\/\/localhost:\d+/.exec(output);
      if (found) resolve(found[0]);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    exited.then(({ code }) => reject(new Error(`asman demo ended with ${code}: ${output}`)));
    setTimeout(() => reject(new Error(`asman demo gave no address: ${output}`)), 60_000).unref();
  });
  return { url, child, exited };
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
