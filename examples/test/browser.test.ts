import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startEngine } from '@lunet/engine';
import { toVoxels, type Volume } from '@lunet/io';
import { readVolume, writeVolume } from '@lunet/io/node';
import { fullSlice } from '@lunet/patches';
import { buildUnet, readWeights, saveSafetensors, saveTfjs, writeWeights } from '@lunet/unet';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PageResult, runPage } from './browser-page.ts';
import { chromiumFlags, executablePath, unlessChromium } from './chromium.ts';
import { type Files, serveFiles } from './serve-files.ts';

/** With these a page may share memory between threads. */
const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

const wasm = 'tfjs-backend-wasm-simd.wasm';

/** A slanted gradient with a ball in it, on a grid that is flipped, anisotropic and not cubic. */
function makeScan(): Volume<Int16Array> {
  const size = [20, 12, 9] as const;
  const [width, height, depth] = size;
  const data = Int16Array.from({ length: width * height * depth }, (_, i) => {
    const x = i % width;
    const y = Math.floor(i / width) % height;
    const z = Math.floor(i / (width * height));
    return Math.hypot(x - 7.5, y - 6, 2 * (z - 4)) < 4 ? 40 : -900 + 10 * x + 5 * y + z;
  });
  return {
    geometry: {
      size,
      spacing: [0.75, 0.75, 1.5],
      origin: [30, -20.5, -100],
      direction: [-1, 0, 0, 0, -1, 0, 0, 0, 1],
    },
    voxels: toVoxels(data, [depth, height, width]),
  };
}

/** Random weights, but the HU statistics of a trained model: without them all probabilities would be 0 or 1. */
function makeModel(): LayersModel {
  const model = buildUnet({ filters: 4, depth: 2, initialForegroundProbability: 0.4, seed: 5 });
  const weights = readWeights(model);
  weights.get('norm.movingMean')!.data.fill(-700);
  weights.get('norm.movingVariance')!.data.fill(300 ** 2);
  writeWeights(model, weights);
  return model;
}

async function bundlePage(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'browser-page.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    conditions: ['@lunet/source'],
    // What the engine imports late, in Node only.
    external: ['node:*'],
  });
  return outputFiles[0]!.contents;
}

/** Runs the page in a fresh headless Chromium; `complaints` are the console's warnings and errors, and what was thrown. */
async function runInChromium(url: string): Promise<{ result: PageResult; complaints: string[] }> {
  const browser = await chromium.launch({ executablePath, args: chromiumFlags });
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (['warning', 'error'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${url}/index.html`);
    // A string, for vitest would rewrite the import of a function.
    const result = await page.evaluate<PageResult>(
      `import('/page.js').then(({ runPage }) => runPage(location.origin))`,
    );
    return { result, complaints };
  } finally {
    await browser.close();
  }
}

describe.skipIf(unlessChromium !== '')(`a page in headless Chromium${unlessChromium}`, () => {
  let folder: string;
  let model: LayersModel;
  let files: Files;
  let inNode: PageResult;
  let inBrowser: PageResult;
  let complaints: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lunet-browser-'));
    const scan = join(folder, 'scan.mha');
    await writeVolume(scan, makeScan(), { compress: true });
    await startEngine({ prefer: 'wasm' });
    model = makeModel();
    const require = createRequire(import.meta.url);
    files = {
      'index.html': '<!doctype html><title>lunet</title><link rel="icon" href="data:,">',
      'page.js': await bundlePage(),
      [wasm]: await readFile(join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')), wasm)),
      'scan.mha': await readFile(scan),
      'model.safetensors': saveSafetensors(model),
      ...(await saveTfjs(model)),
    };
    await using server = await serveFiles(files);
    inNode = await runPage(server.url, 'wasm');
    ({ result: inBrowser, complaints } = await runInChromium(server.url));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('runs the wasm engine, on one thread', () => {
    expect(inBrowser.engine).toEqual({ name: 'wasm', threads: 1 });
  });

  it('leaves no warning and no error in the console', () => {
    expect(complaints).toEqual([]);
  });

  it('decodes a compressed MetaImage to what readVolume reads, and finds a world point in it', async () => {
    const { geometry, voxels } = await readVolume(join(folder, 'scan.mha'));
    expect(inBrowser.geometry).toEqual(geometry);
    expect(inBrowser.hounsfield).toEqual([...(voxels.data as Int16Array)]);
    expect(inBrowser.index).toEqual([7.5, 6, 4]);
  });

  it.each(['safetensors', 'tfjs'] as const)('predicts with a %s model what Node predicts', (format) => {
    const expected = tf.tidy(() => {
      const image = tf.tensor4d(fullSlice(makeScan(), 4), [1, 12, 20, 7]);
      return [...(model.predict(image) as tf.Tensor).dataSync()];
    });
    expect(Math.max(...expected) - Math.min(...expected)).toBeGreaterThan(0.1);
    const found = inBrowser.predictions[format];
    expect(found).toHaveLength(240);
    // The kernels are the same WebAssembly and have given the same bits; 1e-5 leaves room for another engine's rounding.
    const error = Math.max(...found.map((value, i) => Math.abs(value - expected[i]!)));
    expect(error).toBeLessThan(1e-5);
  });

  it('gives the values of masks, patches, evaluate and losses that Node gives', () => {
    // Three pieces of the nodule, two of which lie within 2.5 mm.
    expect(inNode.candidates).toHaveLength(2);
    expect(inNode.scores.dice).toBeGreaterThan(0.5);
    expect(inBrowser.candidates).toEqual(inNode.candidates);
    expect(inBrowser.mask).toEqual(inNode.mask);
    expect(inBrowser.image).toEqual(inNode.image);
    expect(inBrowser.scores).toEqual(inNode.scores);
    expect(inBrowser.losses.weightedDice).toBeCloseTo(inNode.losses.weightedDice, 5);
    expect(inBrowser.losses.dlwpt).toBeCloseTo(inNode.losses.dlwpt, 5);
  });

  it('gives the same in a cross-origin isolated page', async () => {
    await using server = await serveFiles(files, isolation);
    const { result, complaints } = await runInChromium(server.url);
    expect(result).toEqual(inBrowser);
    expect(complaints).toEqual([]);
  });

  it('says what to serve where the .wasm file is missing', async () => {
    const { [wasm]: _, ...others } = files;
    await using server = await serveFiles(others);
    await expect(runInChromium(server.url)).rejects.toThrow(
      `Cannot start engine 'wasm': no usable ${wasm} at the page's address`,
    );
  });
});
