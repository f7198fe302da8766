import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { renderReport } from '@lunet/report';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumFlags, executablePath, unlessChromium } from './chromium.ts';
import { sampleReport } from './sample-report.ts';

describe.skipIf(unlessChromium !== '')(`a report in headless Chromium${unlessChromium}`, () => {
  let folder: string;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let requests: string[];
  let kinds: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lunet-report-'));
    const path = join(folder, 'a report.html');
    const data = sampleReport({ seeds: [5, 11], size: [128, 128, 32], meanNodules: 3 });
    kinds = data.scans!.flatMap(({ findings }) => findings.map(({ kind }) => kind));
    await writeFile(path, await renderReport(data));
    browser = await chromium.launch({ executablePath, args: chromiumFlags });
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    complaints = [];
    requests = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(path).href);
    // Phantoms, a report and a browser: more than the 10 s that hooks get where other tests share the cores.
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const status = () => page.textContent('#status');
  const visible = () => page.locator('.finding:visible').count();
  const focused = () =>
    page.evaluate<string>('document.activeElement.dataset.kind ?? document.activeElement.id');

  it('has findings of each kind to show', () => {
    expect(new Set(kinds)).toEqual(new Set(['found', 'missed', 'false-positive']));
    expect(kinds.length).toBeGreaterThan(5);
  });

  it('opens from disk with an empty console, and asks for nothing else', async () => {
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([page.url()]);
    const pictures = await page.evaluate<boolean>(
      `Promise.all([...document.querySelectorAll('image')].map((image) => {
        const copy = new Image();
        copy.src = image.href.baseVal;
        return copy.decode();
      })).then(() => true)`,
    );
    expect(pictures).toBe(true);
  });

  it('applies its style and script under its own policy', async () => {
    expect(await page.evaluate(`getComputedStyle(document.querySelector('.truth')).stroke`)).toBe(
      'rgb(69, 183, 255)',
    );
    expect(
      await page.evaluate(`getComputedStyle(document.querySelector('.prediction')).strokeDasharray`),
    ).not.toBe('none');
  });

  it('draws every curve of the charts in a colour of the page', async () => {
    const strokes = await page.evaluate<string[]>(
      `[...document.querySelectorAll('.mark-line path')].map((path) => getComputedStyle(path).stroke)`,
    );
    // Three published systems, the baseline and the model; the loss; recall, precision and Dice.
    expect(strokes).toHaveLength(9);
    for (const stroke of strokes) expect(stroke).toMatch(/^rgb\(/);
  });

  it('steps through the findings with j and k and the arrow keys', async () => {
    const all = kinds.length;
    expect(await status()).toBe('');
    await page.keyboard.press('j');
    expect([await status(), await focused()]).toEqual([`1 of ${all}`, kinds[0]]);
    await page.keyboard.press('ArrowRight');
    expect([await status(), await focused()]).toEqual([`2 of ${all}`, kinds[1]]);
    await page.keyboard.press('k');
    await page.keyboard.press('ArrowLeft');
    expect(await status()).toBe(`1 of ${all}`);
    const top = await page.evaluate<number>(`document.activeElement.getBoundingClientRect().top`);
    const toolbar = await page.evaluate<number>(
      `document.querySelector('.toolbar').getBoundingClientRect().bottom`,
    );
    expect(top).toBeGreaterThanOrEqual(toolbar);
  });

  it('shows misses only, and prints everything all the same', async () => {
    await page.keyboard.press('3');
    const missed = kinds.filter((kind) => kind === 'missed').length;
    expect(await visible()).toBe(missed);
    await page.keyboard.press('j');
    expect(await focused()).toBe('missed');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await visible()).toBe(kinds.length);
    expect(await page.locator('.toolbar').isVisible()).toBe(false);
    expect(await page.evaluate(`getComputedStyle(document.body).backgroundColor`)).toBe('rgb(255, 255, 255)');
    expect((await page.screenshot()).length).toBeGreaterThan(10_000);
    expect((await page.pdf()).length).toBeGreaterThan(10_000);
    await page.emulateMedia({ media: 'screen' });
    await page.keyboard.press('4');
    expect(await visible()).toBe(kinds.filter((kind) => kind === 'false-positive').length);
    await page.keyboard.press('1');
    expect(await visible()).toBe(kinds.length);
  });

  it('toggles the outlines with o', async () => {
    const outlines = page.locator('.outlines').first();
    await page.keyboard.press('o');
    expect(await outlines.isVisible()).toBe(false);
    expect(await page.getAttribute('#outlines', 'aria-pressed')).toBe('false');
    await page.keyboard.press('o');
    expect(await page.getAttribute('#outlines', 'aria-pressed')).toBe('true');
  });

  it('opens its help with ?, and Escape closes it', async () => {
    await page.keyboard.press('?');
    expect(await page.locator('#help').isVisible()).toBe(true);
    await page.keyboard.press('j');
    await page.keyboard.press('Escape');
    expect(await page.locator('#help').isVisible()).toBe(false);
  });

  it('lets Tab reach every control and leave again', async () => {
    await page.evaluate(`document.activeElement.blur(), scrollTo(0, 0)`);
    await page.reload();
    const reached: string[] = [];
    for (let presses = 0; presses < 40 && !reached.includes('BODY'); presses++) {
      await page.keyboard.press('Tab');
      reached.push(
        await page.evaluate<string>(
          `document.activeElement.id || document.activeElement.value || document.activeElement.tagName`,
        ),
      );
    }
    expect(reached).toEqual(
      expect.arrayContaining(['all', 'previous', 'next', 'outlines', 'help-button', 'BODY']),
    );
  });

  it('names every picture and control', async () => {
    const nameless = await page.evaluate<string[]>(
      `[...document.querySelectorAll('button, [role=img], [role=region], article, section, input')]
        .filter((element) => !(element.getAttribute('aria-label') || element.labels?.length || element.textContent.trim()))
        .map((element) => element.outerHTML.slice(0, 80))`,
    );
    expect(nameless).toEqual([]);
  });

  it('needs no sideways scrolling of the page on a phone', async () => {
    await page.setViewportSize({ width: 360, height: 700 });
    expect(await page.evaluate(`document.documentElement.scrollWidth`)).toBe(360);
  });
});
