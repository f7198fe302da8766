import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openLuna16 } from '@lunet/io/node';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLoader, openStore, prepareStore } from '../src/node.ts';
import { writeLuna16 } from './luna16-folder.ts';
import { tinyScans } from './store-files.ts';

let root: string;
let base: string;
let whole: string;
let folder: string;

beforeAll(async () => {
  root = await writeLuna16(tinyScans);
  base = await mkdtemp(path.join(tmpdir(), 'lunet-store-'));
  whole = path.join(base, 'whole');
  await prepareStore((await openLuna16(root)).scans, whole, { seed: 1, negativesPerScan: 2 });
});
afterAll(async () => {
  await rm(root, { recursive: true });
  await rm(base, { recursive: true });
});
let count = 0;
beforeEach(async () => {
  folder = path.join(base, `store-${++count}`);
  await cp(whole, folder, { recursive: true });
});

const file = (name: string) => path.join(folder, name);
async function edit(name: string, change: (text: string) => string): Promise<void> {
  const text = await readFile(file(name), 'latin1');
  const changed = change(text);
  expect(changed).not.toBe(text);
  await writeFile(file(name), changed, 'latin1');
}

describe('openStore', () => {
  test.each<[string, () => Promise<void>, RegExp]>([
    [
      'nothing',
      () => rm(folder, { recursive: true }),
      /^Cannot open chunk store .*: it has no store\.json; prepare it/,
    ],
    ['no index', () => rm(file('index.csv')), /ENOENT.*index\.csv/],
    ['no images', () => rm(file('images.npy')), /ENOENT.*images\.npy/],
    [
      'half a manifest',
      () => truncate(file('store.json'), 900),
      /^Cannot read .*store\.json: it is no JSON$/,
    ],
    [
      'the manifest of something else',
      () => writeFile(file('store.json'), '{"name":"x"}'),
      /^Cannot read .*store\.json: it describes no chunk store: format is missing$/,
    ],
    [
      'another version',
      () => edit('store.json', (text) => text.replace('"version": 1', '"version": 2')),
      /store\.json: it is of version 2, expected 1; prepare the store again$/,
    ],
    [
      'another chunk size',
      () => edit('store.json', (text) => text.replace('"rows":96', '"rows":95')),
      /images\.npy: it is <i2 of shape \d+x96x96, the store's index says <i2 of \d+x95x96$/,
    ],
    [
      'a size that no memory holds',
      () =>
        edit('store.json', (text) =>
          text.replace('"slices":7,"rows":96', '"slices":9007199254740991,"rows":96'),
        ),
      /index\.csv: row 3: firstImageSlice is "12", expected 9007199254740996$/,
    ],
    [
      'a scan without geometry',
      () => edit('store.json', (text) => text.replace('"spacing":[0.8', '"spacing":[null')),
      /store\.json: scan 1 is malformed: \{"seriesUid":"1\.1"/,
    ],
    [
      'NaN in the index',
      () => edit('index.csv', (text) => text.replace('nodule,', 'nodule,NaN')),
      /^Cannot read .*index\.csv: row 2: coordX is "NaN.*", expected a number$/,
    ],
    [
      'a chunk too few',
      () => edit('index.csv', (text) => text.replace(/\n[^\n]+\n$/, '\n')),
      /images\.npy: it is <i2 of shape 97x96x96, the store's index says <i2 of 90x96x96$/,
    ],
    [
      'slices out of turn',
      () => edit('index.csv', (text) => text.replace(/0,0,6\n/, '0,6,6\n')),
      /index\.csv: row 2: firstLabelSlice is "6", expected 0$/,
    ],
    [
      'chunks of a scan that is not in the manifest',
      () => edit('index.csv', (text) => text.replaceAll('\n1.4,', '\n1.5,')),
      /index\.csv: it has chunks of scan 1\.5, of which .*store\.json does not know$/,
    ],
    [
      'half the images',
      () => truncate(file('images.npy'), 100_000),
      /^Cannot read .*images\.npy: it has 100000 bytes, its header declares \d+; the store is damaged: delete it and/,
    ],
    ['empty labels', () => truncate(file('labels.npy')), /^Cannot read .*labels\.npy: it is no NPY file$/],
    [
      'labels of another type',
      () => edit('labels.npy', (text) => text.replace("'|u1'", "'<i8'")),
      /labels\.npy: it is <i8 of shape/,
    ],
  ])('refuses %s in one message', async (_, damage, message) => {
    await damage();
    await expect(openStore(folder)).rejects.toThrow(message);
  });

  test('is told while it is read that voxels are damaged or gone', async () => {
    const images = await readFile(file('images.npy'));
    images.writeInt16LE(31_000, 128);
    await writeFile(file('images.npy'), images);
    const store = await openStore(folder);
    expect(() => store.read(store.chunks[0]!)).toThrow(
      /^Cannot read .*: voxels of scan 1\.1 are not within ±1000 HU or labels are not 0 or 1, so the store is damaged/,
    );
    store.read(store.chunks[1]!);
    await truncate(file('labels.npy'), 200);
    expect(() => store.read(store.chunks[1]!)).toThrow(
      /labels\.npy: it ends before byte \d+; the store is damaged/,
    );
    for (const numWorkers of [0, 1]) {
      await using loader = createLoader(store, { batchSize: 40, seed: 1, numWorkers });
      await expect(loader.epoch(0).next()).rejects.toThrow(/Cannot read .*the store is damaged/);
    }
    await store.close();
    await store.close();
    expect(() => store.read(store.chunks[1]!)).toThrow(/EBADF/);
  });

  test('opens or refuses any damage to its texts, by SyntaxError or RangeError', {
    timeout: 60_000,
  }, async () => {
    const names = ['store.json', 'index.csv'] as const;
    const texts = await Promise.all(names.map((name) => readFile(path.join(whole, name), 'latin1')));
    const token = fc.constantFrom(
      '',
      '-',
      'NaN',
      '1e999',
      '-1',
      '9007199254740993',
      '"',
      ',',
      '{',
      '[',
      'null',
      '\n',
      '\0',
      '0.5',
    );
    const change = fc.tuple(fc.nat(1), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(30), token);
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const changed = [...texts];
        for (const [which, where, length, insert] of changes) {
          const text = changed[which]!;
          const at = Math.floor(where * text.length);
          changed[which] = text.slice(0, at) + insert + text.slice(at + length);
        }
        for (const [i, name] of names.entries()) await writeFile(file(name), changed[i]!, 'latin1');
        try {
          await using store = await openStore(folder);
          for (const chunk of store.chunks.slice(0, 2)) store.read(chunk);
        } catch (error) {
          expect(error).toSatisfy((e) => e instanceof SyntaxError || e instanceof RangeError);
          expect((error as Error).message).toMatch(/^Cannot read /);
        }
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

const python = process.env.LUNET_PYTHON ?? 'python3';
const hasNumpy = spawnSync(python, ['-c', 'import numpy']).status === 0;

test.skipIf(!hasNumpy)(
  'numpy.load maps a store, and a chunk has its scan’s voxels (needs NumPy: LUNET_PYTHON)',
  () => {
    const script = fileURLToPath(new URL('check-store.py', import.meta.url));
    const { stdout, stderr } = spawnSync(python, [script, whole, path.join(root, 'subset0')], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(stdout).toBe('12 chunks, 12 as in their scans, 4 nodules labelled\n');
  },
);
