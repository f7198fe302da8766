import { join } from 'node:path';
import type { Geometry, World } from '@lunet/io';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumFlags, executablePath, unlessChromium } from './chromium.ts';
import { runScore, type ScoreInput, type ScoreResult } from './score-page.ts';
import { serveFiles } from './serve-files.ts';

/** Uniform numbers in [0, 1), the same every time (Numerical Recipes' generator). */
function createRandom(): () => number {
  let state = 7;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const geometry: Geometry = {
  size: [40, 32, 20],
  spacing: [0.75, 0.75, 1.5],
  origin: [30, -20.5, -100],
  direction: [-1, 0, 0, 0, -1, 0, 0, 0, 1],
};

/** 30 scans with none to three nodules, findings, and marks near them and elsewhere; one with more than the cap. */
function makeInput(): ScoreInput {
  const random = createRandom();
  const somewhere = (): World => [30 - 30 * random(), -20 - 24 * random(), -100 + 30 * random()];
  const rows = { annotations: [] as string[], excluded: [] as string[], predictions: [] as string[] };
  const uids = Array.from({ length: 30 }, (_, scan) => `1.2.${scan}`);
  const centers: World[] = [];
  for (const [scan, uid] of uids.entries()) {
    for (let nodule = 0; nodule < scan % 4; nodule++) {
      const center = somewhere();
      const diameter = 4 + 10 * random();
      rows.annotations.push([uid, ...center, diameter].join());
      for (let mark = 0; mark < 2; mark++) {
        const near = center.map((mm) => mm + (random() - 0.5) * diameter);
        rows.predictions.push([uid, ...near, Math.round(100 * random()) / 100].join());
      }
    }
    rows.excluded.push([uid, ...somewhere(), scan % 2 ? -1 : 6].join());
    for (let mark = 0; mark < (scan === 5 ? 150 : 12); mark++) {
      rows.predictions.push([uid, ...somewhere(), Math.round(80 * random()) / 100].join());
    }
  }
  rows.annotations.push(['1.2.0', 15, -32, -88, 9].join());
  rows.predictions.push(['elsewhere', 0, 0, 0, 0.5].join());
  for (let ball = 0; ball < 12; ball++) centers.push(somewhere());
  centers.push([15.2, -32.4, -88]);
  const [width, height, depth] = geometry.size;
  const probabilities = Array.from({ length: width * height * depth }, (_, i) => {
    const x = 30 - 0.75 * (i % width);
    const y = -20.5 - 0.75 * (Math.floor(i / width) % height);
    const z = -100 + 1.5 * Math.floor(i / (width * height));
    const distance = Math.min(...centers.map((c) => Math.hypot(x - c[0], y - c[1], z - c[2])));
    return Math.min(1, Math.max(0, 1.2 - distance / 4 + 0.1 * random()));
  });
  const places = 'seriesuid,coordX,coordY,coordZ';
  const csv = (last: string, lines: string[]) => `${[`${places},${last}`, ...lines].join('\n')}\n`;
  return {
    seriesUids: `${uids.join('\n')}\n`,
    annotations: csv('diameter_mm', rows.annotations),
    excluded: csv('diameter_mm', rows.excluded),
    predictions: csv('probability', rows.predictions),
    geometry,
    probabilities,
  };
}

/** The page's script as an app's bundler makes it from the packages' entries. */
async function bundleScore(): Promise<{ code: string; inputs: string[] }> {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(import.meta.dirname, 'score-page.ts')],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    conditions: ['@lunet/source'],
  });
  const { inputs } = Object.values(metafile.outputs)[0]!;
  const used = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return { code: outputFiles[0]!.text, inputs: used.map(([path]) => path) };
}

describe('the scorer in an app', () => {
  it('brings no TensorFlow.js and stays below 60 kB, minified', async () => {
    const { code, inputs } = await bundleScore();
    expect(inputs.some((path) => path.includes('packages/evaluate/src/froc/froc.ts'))).toBe(true);
    expect(inputs.filter((path) => path.includes('tensorflow'))).toEqual([]);
    expect(code.length).toBeLessThan(60_000);
  });
});

describe.skipIf(unlessChromium !== '')(`a page in headless Chromium${unlessChromium}`, () => {
  let inNode: ScoreResult;
  let inPage: ScoreResult;
  let complaints: string[];
  let close: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    const input = makeInput();
    inNode = runScore(input);
    const server = await serveFiles({
      'index.html': '<!doctype html><title>score</title><link rel="icon" href="data:,">',
      'page.js': (await bundleScore()).code,
      'input.json': JSON.stringify(input),
    });
    const browser = await chromium.launch({ executablePath, args: chromiumFlags });
    close = async () => {
      await browser.close();
      await server[Symbol.asyncDispose]();
    };
    const page = await browser.newPage();
    complaints = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${server.url}/index.html`);
    // A string, for vitest would rewrite the imports of a function.
    inPage = await page.evaluate<ScoreResult>(
      `Promise.all([import('/page.js'), fetch('/input.json').then((response) => response.json())])
        .then(([{ runScore }, input]) => runScore(input))`,
    );
  });

  afterAll(() => close?.());

  it('gives a score with something of everything', () => {
    expect(inNode.counts).toMatchObject({ scans: 30, nodules: 44 });
    // 52 above the cap of 100, and those that tie with the last.
    expect(inNode.counts.overCap).toBeGreaterThanOrEqual(52);
    expect(inNode.counts.ignoredOnExcluded).toBeGreaterThan(0);
    expect(inNode.counts.doubleDetections).toBeGreaterThan(0);
    expect(inNode.skipped).toEqual({ nodules: 0, excluded: 0, marks: 1 });
    expect(inNode.cpm).toBeGreaterThan(0);
    expect(inNode.cpm).toBeLessThan(1);
    expect(inNode.candidates.length).toBeGreaterThan(3);
    expect(inNode.measurement.nodules).toMatchObject([{ found: true }]);
  });

  it('gives the counts, curve, CPM and band that Node gives', () => {
    expect(inPage.counts).toEqual(inNode.counts);
    expect(inPage.points).toEqual(inNode.points);
    expect(inPage.sensitivityAt).toEqual(inNode.sensitivityAt);
    expect(inPage.cpm).toBe(inNode.cpm);
    // Powers of 2 that are no whole numbers may differ in the last bit between versions of V8.
    for (const name of ['falsePositivesPerScan', 'mean', 'lower', 'upper'] as const) {
      for (const [i, value] of inNode.band[name].entries())
        expect(inPage.band[name][i]).toBeCloseTo(value, 12);
    }
  });

  it('finds the candidates that Node finds, and measures the scan alike', () => {
    expect(inPage.candidates).toEqual(inNode.candidates);
    expect(inPage.measurement).toEqual(inNode.measurement);
    expect(inPage.summary).toEqual(inNode.summary);
  });

  it('leaves the console empty', () => {
    expect(complaints).toEqual([]);
  });
});
