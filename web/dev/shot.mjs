// A screenshot of a running display: node dev/shot.mjs URL OUT.png [WIDTHxHEIGHT] [keys separated by spaces]
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [url, out, size = '1280x800', ...keys] = process.argv.slice(2);
const [width, height] = size.split('x').map(Number);
const context = await chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), 'asman-shot-')), {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  viewport: { width, height },
  deviceScaleFactor: Number(process.env.SCALE ?? 1),
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
});
const page = context.pages()[0] ?? (await context.newPage());
page.on('console', (message) => ['error', 'warning'].includes(message.type()) && console.log(message.type(), message.text()));
page.on('pageerror', (error) => console.log('page error', error.message));
await page.goto(url);
await page.waitForFunction(() => window.asman?.snapshot() && window.asman.idle(), undefined, { timeout: 60000 });
for (const key of keys) {
  await page.keyboard.press(key);
  await page.waitForTimeout(400);
}
await page.waitForTimeout(2500);
await page.screenshot({ path: out });
await context.close();
