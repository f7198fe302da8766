import { existsSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Luna16Scan, openLuna16 } from '@lunet/io/node';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  collectChunks,
  createLoader,
  openStore,
  type PrepareOptions,
  type PrepareProgress,
  prepareStore,
} from '../src/node.ts';
import { writeLuna16 } from './luna16-folder.ts';
import { digestOf, digestsOf, tinyScans } from './store-files.ts';

const settings = { seed: 1, negativesPerScan: 6 } as const;
let original: string;
let base: string;
let root: string;
let folder: string;
let scans: readonly Luna16Scan[];

beforeAll(async () => {
  original = await writeLuna16(tinyScans);
  base = await mkdtemp(path.join(tmpdir(), 'lunet-store-'));
});
afterAll(async () => {
  await rm(original, { recursive: true });
  await rm(base, { recursive: true });
});
let count = 0;
beforeEach(async () => {
  root = path.join(base, `luna16-${++count}`);
  folder = path.join(base, `store-${count}`);
  await cp(original, root, { recursive: true, preserveTimestamps: true });
  scans = (await openLuna16(root)).scans;
});

const prepare = (options: Partial<PrepareOptions> = {}, of = scans) =>
  prepareStore(of, folder, { ...settings, ...options });
const file = (...names: string[]) => path.join(root, ...names);

describe('prepareStore', () => {
  test('stores the chunks that collectChunks gives', async () => {
    const result = await prepare({ source: root });
    expect(result).toEqual({
      scans: 4,
      kept: 0,
      failed: [],
      problems: [],
      nodules: 4,
      negatives: 24,
      bytes: expect.any(Number),
    });
    const { chunks, size } = await collectChunks(scans, settings);
    await using store = await openStore(folder);
    expect(store.size).toEqual(size);
    expect(store.chunks.map((chunk) => digestOf(store.read(chunk)))).toEqual(chunks.map(digestOf));
    expect(store.source).toBe(root);
    expect(store.settings).toMatchObject(settings);
    expect(
      store.scans.map(({ seriesUid, fold, geometry, nodules }) => ({ seriesUid, fold, geometry, nodules })),
    ).toEqual(
      scans.map(({ seriesUid, fold, geometry, nodules }) => ({ seriesUid, fold, geometry, nodules })),
    );
    expect(store.chunks[0]).toMatchObject({
      seriesUid: '1.1',
      fold: 0,
      diameterMm: 9,
      spacing: [0.8, 0.8, 1.5],
    });
    expect(store.chunks[2]).toMatchObject({ kind: 'negative', diameterMm: undefined, labelSlices: 1 });
    expect((await readdir(folder)).sort()).toEqual(['images.npy', 'index.csv', 'labels.npy', 'store.json']);
  });

  test('gives a loader the batches that chunks in memory give', async () => {
    await prepare();
    const collected = await collectChunks(scans, settings);
    await using store = await openStore(folder);
    const batches = async (set: typeof collected | typeof store, numWorkers: number) => {
      const options = {
        batchSize: 4,
        seed: 3,
        numWorkers,
        augmentation: { flip: true, rotate: true, noise: 25 },
      };
      await using loader = createLoader(set, options);
      const all: unknown[] = [];
      for await (const batch of loader.epoch(1)) {
        all.push(Buffer.from(batch.images.slice().buffer).toString('base64'), [...batch.labels]);
        batch.release();
      }
      return all;
    };
    const expected = await batches(collected, 0);
    expect(expected.length).toBeGreaterThan(4);
    expect(await batches(store, 0)).toEqual(expected);
    expect(await batches(store, 2)).toEqual(expected);
  });

  test('writes the same bytes whatever the concurrency, also after it was stopped on the way', async () => {
    await prepare({ concurrency: 1 });
    const expected = await digestsOf(folder);
    for (const stage of ['reading', 'writing'] as const) {
      await rm(folder, { recursive: true });
      const controller = new AbortController();
      const onProgress = (progress: PrepareProgress) => {
        if (progress.stage === stage) controller.abort(new Error('enough'));
      };
      await expect(prepare({ concurrency: 3, onProgress, signal: controller.signal })).rejects.toThrow(
        /^enough$/,
      );
      expect(await readdir(folder)).not.toContain('store.json');
      await expect(openStore(folder)).rejects.toThrow(
        /it has no store\.json; prepare it first, or to the end$/,
      );
      const { kept } = await prepare({ concurrency: 4 });
      expect(kept).toBeGreaterThanOrEqual(stage === 'writing' ? 4 : 1);
      expect(await digestsOf(folder)).toEqual(expected);
    }
  });

  test('reads again only what has changed', async () => {
    await prepare();
    const before = await digestsOf(folder);
    expect(await prepare()).toMatchObject({ kept: 4 });
    expect(await digestsOf(folder)).toEqual(before);

    // One scan gets a new voxel; its size is the same.
    const raw = file('subset0', '1.4.raw');
    const bytes = await readFile(raw);
    bytes.writeInt16LE(777, 2 * (44 + 110 * (60 + 100 * 18)));
    await writeFile(raw, bytes);
    expect(await prepare()).toMatchObject({ kept: 3 });
    await using store = await openStore(folder);
    const nodule = store.read(store.chunks.find(({ seriesUid }) => seriesUid === '1.4')!);
    expect(nodule.image).toContain(777);

    // Its time of change alone tells as well; so does a row of a CSV file.
    await utimes(raw, new Date(0), new Date(0));
    expect(await prepare()).toMatchObject({ kept: 3 });
    const fewer = scans.map((scan, i) => (i === 0 ? { ...scan, nodules: scan.nodules.slice(1) } : scan));
    expect(await prepare({}, fewer)).toMatchObject({ kept: 3, nodules: 3 });
    expect(await prepare({ seed: 2 }, fewer)).toMatchObject({ kept: 0 });

    // Scans can be taken out, added, and moved to another fold.
    expect(await prepare({ seed: 2 }, fewer.slice(2))).toMatchObject({ kept: 2, scans: 2 });
    expect(
      await prepare(
        { seed: 2 },
        fewer.map((scan) => ({ ...scan, fold: 7 })),
      ),
    ).toMatchObject({ kept: 2 });
    await using moved = await openStore(folder);
    expect(new Set(moved.chunks.map(({ fold }) => fold))).toEqual(new Set([7]));
  });

  test('skips a scan that is truncated, gone or replaced while it is read, and reads it once it is well', async () => {
    await truncate(file('subset0', '1.1.raw'), 1000);
    await rm(file('subset0', '1.2.zraw'));
    let isReplaced = false;
    const watched = scans.map((scan, i) =>
      i === 3
        ? new Proxy(scan, {
            // Somebody writes to the scan when its voxels are about to be read.
            get: (target, key) => {
              if (key === 'allowExternalData' && !isReplaced) {
                isReplaced = true;
                // At once, so that nobody finds it half written.
                writeFileSync(file('subset0', '1.4.raw'), Buffer.alloc(110 * 100 * 24 * 2));
              }
              return Reflect.get(target, key);
            },
          })
        : scan,
    );
    const result = await prepare({ concurrency: 1 }, watched);
    expect(result.failed).toEqual([
      { seriesUid: '1.1', message: expect.stringMatching(/1\.1.* is 528000 bytes, the file has 1000$/) },
      { seriesUid: '1.2', message: expect.stringMatching(/ENOENT.*1\.2\.zraw/) },
      { seriesUid: '1.4', message: expect.stringMatching(/1\.4.*(changed while they were read)$/) },
    ]);
    await using store = await openStore(folder);
    expect(new Set(store.chunks.map(({ seriesUid }) => seriesUid))).toEqual(new Set(['1.3']));
    expect(store.scans.map(({ failure }) => failure !== undefined)).toEqual([true, true, false, true]);

    await cp(original, root, { recursive: true, preserveTimestamps: true, force: true });
    expect(await prepare()).toMatchObject({ failed: [], kept: 1, nodules: 4 });
  });

  test('reports what a scan does not yield, again when it is kept', async () => {
    const outside = { ...scans[0]!.nodules[0]!, centerWorld: [0, 0, 900] as const };
    const odd = [{ ...scans[0]!, nodules: [outside] }, scans[1]!];
    const problems = [
      { seriesUid: '1.1', message: 'Cannot cut chunk: nodule at (0, 0, 900) lies outside the volume' },
    ];
    expect(await prepare({}, odd)).toMatchObject({ problems, kept: 0 });
    expect(await prepare({}, odd)).toMatchObject({ problems, kept: 2 });
  });

  test('keeps the store that was there when nothing can be read', async () => {
    await prepare();
    const before = await digestsOf(folder);
    await rename(root, `${root}-gone`);
    await expect(prepare({ seed: 9 })).rejects.toThrow(
      /^Cannot prepare store .*: none of the 4 scans can be read\. Cannot open .*1\.1\.mhd: ENOENT.*0 of 4 scans are read/,
    );
    expect(await digestsOf(folder)).toEqual(before);
  });

  test('finishes what was killed between the renames of a new store', async () => {
    await prepare();
    const expected = await digestsOf(folder);
    for (const name of ['store.json', 'index.csv', 'labels.npy']) {
      await rename(path.join(folder, name), path.join(folder, name.replace('.', '.next.')));
      if (name === 'store.json') await expect(openStore(folder)).rejects.toThrow('it has no store.json');
    }
    expect(await prepare()).toMatchObject({ kept: 4 });
    expect(await digestsOf(folder)).toEqual(expected);
  });

  test('prepares a damaged store again, and leaves a folder of something else alone', async () => {
    await prepare();
    const expected = await digestsOf(folder);
    await truncate(path.join(folder, 'images.npy'), 5000);
    expect(await prepare()).toMatchObject({ kept: 0 });
    expect(await digestsOf(folder)).toEqual(expected);

    await writeFile(path.join(folder, 'store.json'), '{"name": "corner shop"}');
    await expect(prepare()).rejects.toThrow(/store\.json is of something else; give another folder$/);
    expect(existsSync(path.join(folder, 'images.npy'))).toBe(true);
  });

  test('refuses settings that are out of range', async () => {
    await expect(prepare({ negativesPerScan: 1.5 })).rejects.toThrow('negativesPerScan is 1.5');
    await expect(prepare({ seed: Number.NaN })).rejects.toThrow('seed NaN');
    await expect(prepare({ concurrency: 0 })).rejects.toThrow('concurrency 0');
  });
});
