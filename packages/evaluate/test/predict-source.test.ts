import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startEngine } from '@lunet/engine';
import { type Geometry, identityDirection, toVoxels, type Volume, type VoxelArray } from '@lunet/io';
import { openMetaImage, writeVolume } from '@lunet/io/node';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { predictScan, predictSlices, type SlabSource } from '../src/index.ts';
import { slabsAround } from '../src/predict/slabs-around.ts';
import { smallModel } from './small-model.ts';

const WIDTH = 8;
const HEIGHT = 4;
const DEPTH = 9;

let model: LayersModel;
let folder: string;
beforeAll(async () => {
  await startEngine({ prefer: 'wasm' });
  model = smallModel();
  folder = await mkdtemp(path.join(tmpdir(), 'lunet-source-'));
  await writeVolume(path.join(folder, 'raw.mhd'), scan);
  await writeVolume(path.join(folder, 'zraw.mhd'), scan, { compress: true });
});
afterAll(async () => {
  model.dispose();
  await rm(folder, { recursive: true, force: true });
});

const geometry: Geometry = {
  size: [WIDTH, HEIGHT, DEPTH],
  spacing: [1, 1, 1],
  origin: [0, 0, 0],
  direction: identityDirection,
};
const scan: Volume<Int16Array> = {
  geometry,
  voxels: toVoxels(
    Int16Array.from({ length: WIDTH * HEIGHT * DEPTH }, (_, voxel) => voxel * 7 - 900),
    [DEPTH, HEIGHT, WIDTH],
  ),
};

/** The scan as a source that remembers what it was asked for. */
function observed(): SlabSource & { readonly asked: number[][]; readonly reading: () => number } {
  const asked: number[][] = [];
  let reading = 0;
  return {
    geometry,
    asked,
    reading: () => reading,
    async readSlab(start, count) {
      asked.push([start, count]);
      reading++;
      await new Promise((resolve) => setTimeout(resolve, 2));
      reading--;
      const pixels = WIDTH * HEIGHT;
      const data = scan.voxels.data.slice(start * pixels, (start + count) * pixels);
      return { geometry, voxels: toVoxels(data, [count, HEIGHT, WIDTH]) };
    },
  };
}

async function predictAll(
  source: Volume<Int16Array> | SlabSource,
  slices?: readonly number[],
): Promise<{ z: number; probability: Float32Array; image: Float32Array }[]> {
  const all = [];
  for await (const { z, probability, image } of predictSlices(model, source, { slices })) {
    all.push({ z, probability, image: image.slice() });
  }
  return all;
}

describe('a scan that is read while it is predicted', () => {
  it.each([
    ['all slices', undefined],
    ['some slices', [0, 2, 3, 8]],
    ['slices in any order, one of them twice', [5, 4, 8, 0, 0, 1, 7]],
  ])('gives the same bits as the volume: %s', async (_, slices) => {
    const expected = await predictAll(scan, slices);
    expect(expected.length).toBe(slices?.length ?? DEPTH);
    for (const name of ['raw.mhd', 'zraw.mhd']) {
      await using file = await openMetaImage(path.join(folder, name));
      expect(await predictAll(file, slices)).toEqual(expected);
    }
  });

  it('is predicted by predictScan, in tiles and with a lung mask, too', async () => {
    const lung = {
      geometry,
      voxels: toVoxels(new Uint8Array(scan.voxels.data.length), [DEPTH, HEIGHT, WIDTH]),
    };
    lung.voxels.set(4, 1, 2, 3);
    const options = { lung, lungMarginMm: 2, tile: 4 };
    await using file = await openMetaImage(path.join(folder, 'raw.mhd'));
    const [fromFile, fromVolume] = [
      await predictScan(model, file, options),
      await predictScan(model, scan, options),
    ];
    expect(fromFile).toEqual(fromVolume);
    expect(fromVolume.voxels.get(4, 1, 2)).toBeGreaterThan(0);
    const flat = { geometry, voxels: toVoxels(new Uint8Array(WIDTH * HEIGHT), [1, HEIGHT, WIDTH]) };
    await expect(predictScan(model, file, { lung: flat })).rejects.toThrow(
      'Cannot predict slices: the shapes differ (scan 9x4x8, lung 1x4x8)',
    );
  });

  it('is read once, one slab ahead of the slice that is predicted', async () => {
    const source = observed();
    const askedAt: number[] = [];
    for await (const _ of predictSlices(model, source)) askedAt.push(source.asked.length);
    // Slices 0 and 1 for slice 0, then one slice each; the last slice brings nothing new.
    expect(source.asked).toEqual([[0, 2], ...[2, 3, 4, 5, 6, 7, 8].map((z) => [z, 1])]);
    expect(askedAt).toEqual([2, 3, 4, 5, 6, 7, 8, 8, 8]);
  });

  it('is not read any more when the loop has ended, by break or by a failure', async () => {
    const source = observed();
    for await (const { z } of predictSlices(model, source)) {
      if (z === 3) {
        expect(source.reading()).toBe(1);
        break;
      }
    }
    expect(source.reading()).toBe(0);
    await expect(predictAll(source, [2, 3, 9])).rejects.toThrow(
      new RangeError('Cannot take slice 9: the volume has slices 0 to 8'),
    );
    expect(source.reading()).toBe(0);
  });

  it('passes on what its reads throw, and its signal', async () => {
    const name = path.join(folder, 'cut.mhd');
    await writeVolume(name, scan);
    await using file = await openMetaImage(name);
    await truncate(path.join(folder, 'cut.raw'), WIDTH * HEIGHT * 2 * 6);
    const seen: number[] = [];
    const reading = async () => {
      for await (const { z } of predictSlices(model, file)) seen.push(z);
    };
    await expect(reading()).rejects.toThrow(/cut.raw: it ends at byte 384, 64 short/);
    expect(seen).toEqual([0, 1, 2, 3, 4]);
    await using whole = await openMetaImage(path.join(folder, 'raw.mhd'));
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(predictScan(model, whole, { signal })).rejects.toThrow('enough');
  });

  it('is refused where its voxels are 64-bit integers', async () => {
    const data: VoxelArray = new BigInt64Array(scan.voxels.data.length);
    const name = path.join(folder, 'long.mhd');
    await writeVolume(name, { geometry, voxels: toVoxels(data, [DEPTH, HEIGHT, WIDTH]) });
    await using file = await openMetaImage(name);
    await expect(predictAll(file)).rejects.toThrow(TypeError);
  });

  it('takes the memory of two slabs, however deep it is', async () => {
    const deep = path.join(folder, 'deep.mhd');
    await writeFile(
      deep,
      'NDims = 3\nDimSize = 512 512 200\nElementType = MET_SHORT\nElementDataFile = deep.raw\n',
    );
    await writeFile(path.join(folder, 'deep.raw'), '');
    await truncate(path.join(folder, 'deep.raw'), 512 * 512 * 200 * 2);
    await using file = await openMetaImage(deep);
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    // V8 frees buffers in the background; the next collection waits for it.
    const collectGarbage = (): void => {
      gc();
      gc();
    };
    collectGarbage();
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const slices = Array.from({ length: 200 }, (_, z) => z);
    for await (const { z } of slabsAround(file, { slices, context: 3, signal: undefined })) {
      if (z % 20 !== 10) continue;
      collectGarbage();
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    // 3.7 MB each, what was read of the next one, and what others hold; the scan is 105 MB.
    expect(most).toBeGreaterThan(7 * 512 * 512 * 2);
    expect(most).toBeLessThan(3 * 7 * 512 * 512 * 2);
  });
});
