import { startEngine } from '@lunet/engine';
import { toVoxels, type Volume } from '@lunet/io';
import { nearLung } from '@lunet/masks';
import { expectNoTensorLeak } from '@lunet/testing';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { defaultLungMarginMm, predictScan, predictSlices } from '../src/index.ts';
import { largestDifference, noiseScan, spread, trainedLike } from './trained-like.ts';

let model: LayersModel;
beforeAll(async () => {
  await startEngine({ prefer: 'wasm' });
  model = trainedLike({ inputChannels: 3, filters: 3, depth: 3 });
});
afterAll(() => model.dispose());

/** A mask on a scan's grid with these voxels `[z, y, x]`. */
function maskOf(
  scan: Volume,
  voxels: readonly (readonly [number, number, number])[],
  value = 1,
): Volume<Uint8Array> {
  const mask = toVoxels(new Uint8Array(scan.voxels.data.length), scan.voxels.shape);
  for (const [z, y, x] of voxels) mask.set(z, y, x, value);
  return { geometry: scan.geometry, voxels: mask };
}

describe('a lung mask', () => {
  const scan = noiseScan([6, 72, 96]);
  // Two lungs of 8 and 10 columns in slices 1 and 2; the values are those of LUNA16's masks.
  const lung = maskOf(scan, []);
  for (let y = 20; y < 40; y++) {
    for (let x = 10; x < 18; x++) lung.voxels.set(1, y, x, 3);
    for (let x = 73; x < 83; x++) lung.voxels.set(2, y, x, 4);
  }

  it.each<[string, { tile?: number; flips?: boolean }]>([
    ['whole slices', {}],
    ['tiles', { tile: 32 }],
    ['flips', { flips: true }],
  ])('leaves what is within the margin as it is and makes the rest 0: %s', async (_, options) => {
    const plain = await predictScan(model, scan, options);
    const masked = await expectNoTensorLeak(() =>
      predictScan(model, scan, { ...options, lung, lungMarginMm: 1.3 }),
    );
    const pixels = 72 * 96;
    const near = Float32Array.from({ length: 6 * pixels }, () => 0);
    for (let z = 0; z < 6; z++) near.set(nearLung(lung, z, 1.3), z * pixels);
    expect(masked.geometry).toEqual(scan.geometry);
    expect(
      largestDifference(
        masked.voxels.data,
        plain.voxels.data.map((p, i) => p * near[i]!),
      ),
    ).toBeLessThan(1e-6);
    expect(spread(masked.voxels.data)).toBeGreaterThan(0.2);
  });

  it('spares the model slices and tiles without lung, and most of the others', async () => {
    const ran: number[][] = [];
    const predict = vi.spyOn(model, 'predict');
    const done: number[] = [];
    try {
      await predictScan(model, scan, { lung, lungMarginMm: 0, onSlice: (count) => done.push(count) });
      ran.push(...predict.mock.calls.map(([image]) => (image as { shape: number[] }).shape));
      // Rows 20 … 39 and columns 10 … 17 (8 … 19 on the pooling grid), or 73 … 82 (72 … 83), and 24 pixels around.
      expect(ran).toEqual([
        [1, 64, 44, 3],
        [1, 64, 48, 3],
      ]);
      expect(done).toEqual([1, 2, 3, 4, 5, 6]);
      predict.mockClear();
      await predictScan(model, scan, { lung, lungMarginMm: 0, tile: 24 });
      // Rows 20 … 39 lie in two rows of tiles; the other columns have no lung.
      expect(predict).toHaveBeenCalledTimes(4);
      predict.mockClear();
      await predictScan(model, scan, { lung: maskOf(scan, []) });
      expect(predict).not.toHaveBeenCalled();
    } finally {
      predict.mockRestore();
    }
  });

  it("looks 5 mm beyond it unless told otherwise, and not at LUNA16's windpipe", async () => {
    expect(defaultLungMarginMm).toBe(5);
    const byDefault = await predictScan(model, scan, { lung });
    const told = await predictScan(model, scan, { lung, lungMarginMm: 5 });
    expect(largestDifference(byDefault.voxels.data, told.voxels.data)).toBe(0);
    expect(byDefault.voxels.get(1, 20, 18 + 6)).toBeGreaterThan(0); // 7 pixels of 0.7 mm
    expect(byDefault.voxels.get(1, 20, 18 + 7)).toBe(0);
    const windpipe = await predictScan(model, scan, { lung: maskOf(scan, [[3, 30, 50]], 5) });
    expect(windpipe.voxels.data.every((p) => p === 0)).toBe(true);
  });

  it('yields slices without lung all the same, with their image', async () => {
    const seen: [number, number, boolean][] = [];
    for await (const { z, probability, image } of predictSlices(model, scan, { lung, lungMarginMm: 0 })) {
      const clipped = Math.max(-1000, Math.min(1000, scan.voxels.get(z, 0, 0)));
      seen.push([z, Math.sign(Math.max(...probability)), image[1] === clipped]);
    }
    expect(seen).toEqual([0, 1, 1, 0, 0, 0].map((some, z) => [z, some, true]));
  });

  it('refuses a mask of another shape, and a margin that is none', async () => {
    const other = noiseScan([6, 96, 72]);
    await expect(predictScan(model, scan, { lung: maskOf(other, []) })).rejects.toThrow(
      new TypeError('Cannot predict slices: the shapes differ (scan 6x72x96, lung 6x96x72)'),
    );
    for (const lungMarginMm of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      await expect(predictScan(model, scan, { lung, lungMarginMm })).rejects.toThrow(
        new RangeError(`Cannot take a margin of ${lungMarginMm} mm around the lung: give 0 mm or more`),
      );
    }
  });
});
