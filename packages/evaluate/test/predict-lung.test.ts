import { startEngine } from '@lunet/engine';
import { toVoxels, type Volume } from '@lunet/io';
import { expectNoTensorLeak } from '@lunet/testing';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { defaultLungMarginMm, predictScan, predictSlices } from '../src/index.ts';
import { nearLung } from '../src/near-lung.ts';
import { squaredDistances } from '../src/squared-distances.ts';
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

describe('squaredDistances', () => {
  it('has the values of its example', () => {
    const line = new Float32Array([Number.POSITIVE_INFINITY, 0, Number.POSITIVE_INFINITY, 3]);
    squaredDistances(line, { lines: 1, lineStride: 4, length: 4, stride: 1 }, 2);
    expect([...line]).toEqual([4, 0, 4, 3]);
  });
});

describe('nearLung', () => {
  it('reaches 5 mm unless told otherwise, in all three directions', () => {
    expect(defaultLungMarginMm).toBe(5);
    const scan = noiseScan([3, 1, 7], { spacing: [2, 1, 3] });
    const lung = maskOf(scan, [[0, 0, 0]], 3);
    expect([...nearLung(lung, 0, 5)]).toEqual([1, 1, 1, 0, 0, 0, 0]);
    // 3 mm up leaves 4 mm to the side.
    expect([...nearLung(lung, 1, 5)]).toEqual([1, 1, 1, 0, 0, 0, 0]);
    expect([...nearLung(lung, 1, 4.9)]).toEqual([1, 1, 0, 0, 0, 0, 0]);
    expect([...nearLung(lung, 2, 5)]).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect([...nearLung(lung, 2, 6)]).toEqual([1, 0, 0, 0, 0, 0, 0]);
  });

  it('says what comparing every voxel with every other says', () => {
    const side = fc.integer({ min: 1, max: 7 });
    const spacing = fc.constantFrom(0.1, 0.5, 0.7, 2.5);
    fc.assert(
      fc.property(
        fc.tuple(side, side, side),
        fc.tuple(spacing, spacing, spacing),
        fc.array(fc.nat(400), { maxLength: 6 }),
        fc.constantFrom(0, 0.3, 0.7, 2.1, 20),
        ([depth, height, width], mm, picks, margin) => {
          const scan = noiseScan([depth, height, width], { spacing: mm });
          const voxel = (i: number) => {
            const at = i % (depth * height * width);
            return [Math.floor(at / (height * width)), Math.floor(at / width) % height, at % width] as const;
          };
          const lung = maskOf(scan, picks.map(voxel));
          for (let z = 0; z < depth; z++) {
            const expected = Array.from({ length: height * width }, (_, pixel) => {
              const [y, x] = [Math.floor(pixel / width), pixel % width];
              const isNear = picks.map(voxel).some(([lz, ly, lx]) => {
                const mmAway = Math.hypot((lz - z) * mm[2], (ly - y) * mm[1], (lx - x) * mm[0]);
                return mmAway <= margin * (1 + 1e-9);
              });
              return isNear ? 1 : 0;
            });
            expect([...nearLung(lung, z, margin)]).toEqual(expected);
          }
        },
      ),
      { numRuns: 50, seed: 3 },
    );
  });
});

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
        new RangeError(`Cannot predict ${lungMarginMm} mm around the lung: give 0 mm or more`),
      );
    }
  });
});
