import { startEngine } from '@lunet/engine';
import { toVoxels, type Volume } from '@lunet/io';
import { expectNoTensorLeak } from '@lunet/testing';
import { halo, type UnetOptions } from '@lunet/unet';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { predictScan, predictSlices } from '../src/index.ts';
import { largestDifference, noiseScan, spread, trainedLike } from './trained-like.ts';

beforeAll(() => startEngine({ prefer: 'wasm' }));

let model: LayersModel | undefined;
afterEach(() => {
  model?.dispose();
  model = undefined;
});
const use = (options: UnetOptions): LayersModel => {
  model = trainedLike(options);
  return model;
};

const small = { inputChannels: 3, filters: 3 } as const;

describe('tiles', () => {
  it.each<[string, UnetOptions, [number, number], number | { height: number; width: number }]>([
    ['the reference network', { filters: 16 }, [112, 160], 64],
    ['tiles that do not divide the slice', { ...small, depth: 3 }, [100, 132], 48],
    ['a size that the pooling grid does not divide', { ...small, depth: 4 }, [160, 144], 57],
    ['rectangular tiles', { ...small, depth: 3 }, [96, 128], { height: 32, width: 84 }],
    ['tiles narrower than the halo', { ...small, depth: 3 }, [80, 64], 12],
    ['tiles larger than the slice', { ...small, depth: 3 }, [64, 48], 500],
    ['one pixel on the smallest grid', { ...small, depth: 1 }, [7, 9], 1],
    ['max pooling, nearest', { ...small, depth: 3, pooling: 'max', upsampling: 'nearest' }, [92, 116], 40],
    ['bilinear', { ...small, depth: 3, upsampling: 'bilinear', normalisation: 'before' }, [92, 116], 40],
    ['no normalisation', { ...small, depth: 2, normalisation: 'none' }, [50, 66], 16],
    ['a slice that the depth does not divide', { ...small, depth: 3 }, [101, 79], 32],
  ])('equal the whole slice: %s', async (_, options, [height, width], tile) => {
    const unet = use(options);
    const scan = noiseScan([2, height, width], { seed: height });
    const whole = await predictScan(unet, scan);
    const tiled = await expectNoTensorLeak(() => predictScan(unet, scan, { tile }));
    // The models answer with far more than the tolerance, so that a wrong border would show.
    expect(spread(whole.voxels.data)).toBeGreaterThan(0.2);
    expect(largestDifference(tiled.voxels.data, whole.voxels.data)).toBeLessThan(1e-6);
  });

  it('would not equal it with less context: the same tile on its own differs', async () => {
    const unet = use({ ...small, depth: 3 });
    const scan = noiseScan([1, 64, 64]);
    const whole = await predictScan(unet, scan);
    const { data } = scan.voxels;
    const corner = Int16Array.from({ length: 32 * 32 }, (_, i) => data[(i >> 5) * 64 + (i % 32)]!);
    const alone = await predictScan(unet, volumeLike(scan, corner, 32, 32));
    const same = Float32Array.from(
      { length: 32 * 32 },
      (_, i) => whole.voxels.data[(i >> 5) * 64 + (i % 32)]!,
    );
    expect(largestDifference(alone.voxels.data, same)).toBeGreaterThan(1e-3);
    // Only within the halo of the cut, though.
    const inner = 32 - halo({ ...small, depth: 3 });
    for (let y = 0; y < inner; y++) {
      for (let x = 0; x < inner; x++) {
        expect(Math.abs(alone.voxels.data[y * 32 + x]! - same[y * 32 + x]!)).toBeLessThan(1e-6);
      }
    }
  });

  it('take a fraction of the memory, which does not grow with the depth', async () => {
    const unet = use({ filters: 8 });
    const peak = async (depth: number, tile?: number): Promise<number> => {
      const scan = noiseScan([depth, 256, 256]);
      const { peakBytes } = await tf.profile(async () => {
        await predictScan(unet, scan, { tile });
      });
      return peakBytes;
    };
    const whole = await peak(1);
    expect(await peak(3)).toBe(whole);
    expect(await peak(1, 64)).toBeLessThan(whole / 4);
    expect(await peak(3, 64)).toBe(await peak(1, 64));
  });

  it('hold as many tensors at the last slice as at the first', async () => {
    const unet = use({ ...small, depth: 3 });
    const tensors = new Set<number>();
    for await (const _ of predictSlices(unet, noiseScan([6, 40, 40]), { tile: 16, flips: true })) {
      tensors.add(tf.memory().numTensors);
    }
    expect(tensors.size).toBe(1);
  });

  it.each([0, -1, 1.5, Number.NaN, { height: 32, width: 0 }])('refuse %j pixels', async (tile) => {
    const unet = use({ ...small, depth: 2 });
    await expect(predictScan(unet, noiseScan([1, 8, 8]), { tile })).rejects.toThrow(
      /^Cannot predict in tiles of .* pixels: give whole numbers from 1$/,
    );
  });
});

describe('a slice that the depth does not divide', () => {
  it('is predicted as if its right and lower border went on', async () => {
    const unet = use({ ...small, depth: 3 });
    const scan = noiseScan([2, 21, 30]);
    const { voxels, geometry } = await predictScan(unet, scan);
    expect(geometry).toEqual(scan.geometry);
    expect(voxels.shape).toEqual([2, 21, 30]);

    const larger = new Int16Array(2 * 24 * 32);
    for (let z = 0; z < 2; z++) {
      for (let y = 0; y < 24; y++) {
        for (let x = 0; x < 32; x++) {
          larger[(z * 24 + y) * 32 + x] = scan.voxels.get(z, Math.min(20, y), Math.min(29, x));
        }
      }
    }
    const padded = await predictScan(unet, volumeLike(scan, larger, 24, 32));
    const cut = Float32Array.from({ length: voxels.data.length }, (_, i) =>
      padded.voxels.get(Math.floor(i / 630), Math.floor((i % 630) / 30), i % 30),
    );
    expect(largestDifference(voxels.data, cut)).toBe(0);
    expect(spread(voxels.data)).toBeGreaterThan(0.2);
  });

  it('may be smaller than one cell of the pooling grid', async () => {
    const unet = use({ ...small, depth: 4 });
    const { voxels } = await predictScan(unet, noiseScan([3, 1, 5]), { flips: true, tile: 3 });
    expect(voxels.data.every((p) => p > 0 && p < 1)).toBe(true);
  });
});

describe('flips', () => {
  it.each<[string, [number, number]]>([
    ['a slice that the depth divides', [32, 44]],
    ['one that it does not', [30, 45]],
  ])('average over the four mirror images: %s', async (_, [height, width]) => {
    const unet = use({ ...small, depth: 3 });
    const scan = noiseScan([2, height, width]);
    const [h, w] = [Math.ceil(height / 4) * 4, Math.ceil(width / 4) * 4];
    const sum = new Float64Array(scan.voxels.data.length);
    for (const rows of [false, true]) {
      for (const columns of [false, true]) {
        // Mirrored as a whole, its continuation at the border included.
        const mirrored = new Int16Array(2 * h * w);
        const source = (y: number, x: number): [number, number] => [
          rows ? h - 1 - y : y,
          columns ? w - 1 - x : x,
        ];
        for (let z = 0; z < 2; z++) {
          for (let y = 0; y < h; y++) {
            for (let x = 0; x < w; x++) {
              const [sy, sx] = source(y, x);
              mirrored[(z * h + y) * w + x] = scan.voxels.get(
                z,
                Math.min(height - 1, sy),
                Math.min(width - 1, sx),
              );
            }
          }
        }
        const predicted = await predictScan(unet, volumeLike(scan, mirrored, h, w));
        for (let z = 0; z < 2; z++) {
          for (let y = 0; y < height; y++) {
            for (let x = 0; x < width; x++) {
              sum[(z * height + y) * width + x]! += predicted.voxels.get(z, ...source(y, x));
            }
          }
        }
      }
    }
    const averaged = await expectNoTensorLeak(() => predictScan(unet, scan, { flips: true }));
    const plain = await predictScan(unet, scan);
    expect(
      largestDifference(
        averaged.voxels.data,
        sum.map((p) => p / 4),
      ),
    ).toBeLessThan(1e-6);
    expect(largestDifference(averaged.voxels.data, plain.voxels.data)).toBeGreaterThan(0.01);
    const tiled = await predictScan(unet, scan, { flips: true, tile: 16 });
    expect(largestDifference(tiled.voxels.data, averaged.voxels.data)).toBeLessThan(1e-6);
  });
});

/** Voxels of another height and width in place of a scan's. */
function volumeLike(scan: Volume, data: Int16Array, height: number, width: number): Volume<Int16Array> {
  const depth = scan.geometry.size[2];
  return {
    geometry: { ...scan.geometry, size: [width, height, depth] },
    voxels: toVoxels(data, [depth, height, width]),
  };
}
