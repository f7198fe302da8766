import { startEngine } from '@lunet/engine';
import { type Geometry, identityDirection, type Nodule, toVoxels } from '@lunet/io';
import { expectNoTensorLeak } from '@lunet/testing';
import { buildUnet } from '@lunet/unet';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SliceProgress, type ValidationScan, validateScans } from '../src/index.ts';

const SIZE = 8;

let zeros: LayersModel;
let ones: LayersModel;
beforeAll(async () => {
  await startEngine({ prefer: 'wasm' });
  const network = { inputChannels: 3, filters: 2, depth: 2, inputNormalisation: false, seed: 1 } as const;
  // On air of 0 HU only the biases speak: collapsed models, each for every pixel of every slice.
  zeros = buildUnet({ ...network, initialForegroundProbability: 0.01 });
  ones = buildUnet({ ...network, initialForegroundProbability: 0.99 });
});
afterAll(() => {
  zeros.dispose();
  ones.dispose();
});

/** A scan of 0 HU, whose nodules are single voxels at x = y = 4. */
function scanOf(depth: number, noduleSlices: readonly number[], seriesUid = '1.2'): ValidationScan {
  const geometry: Geometry = {
    size: [SIZE, SIZE, depth],
    spacing: [1, 1, 1],
    origin: [0, 0, 0],
    direction: identityDirection,
  };
  const truth = new Uint8Array(SIZE * SIZE * depth);
  for (const z of noduleSlices) truth[(z * SIZE + 4) * SIZE + 4] = 1;
  const nodules = noduleSlices.map((z): Nodule => ({ seriesUid, centerWorld: [4, 4, z], diameterMm: 3 }));
  return {
    seriesUid,
    nodules,
    load: async () => ({
      volume: { geometry, voxels: toVoxels(new Int16Array(truth.length), [depth, SIZE, SIZE]) },
      truth: { geometry, voxels: toVoxels(truth, [depth, SIZE, SIZE]) },
    }),
  };
}

const zOf = ({ name }: { name: string }) => Number(name.slice(-3));

describe('validateScans', () => {
  it('counts every pixel of every slice of every scan, with nodules or without', async () => {
    const scans = [scanOf(3, [1]), scanOf(2, [], '3.4')];
    const { scores, scans: counts } = await expectNoTensorLeak(() => validateScans(ones, scans));
    expect(counts.map(({ truePositives, falsePositives }) => [truePositives, falsePositives])).toEqual([
      [1, 3 * 64 - 1],
      [0, 2 * 64],
    ]);
    expect(scores).toMatchObject({ recall: 1, precision: 1 / 320, nodules: 1 });
  });

  it('gives collapsed models a score that cannot win, even where there is no nodule to be found', async () => {
    expect((await validateScans(zeros, [scanOf(3, [1])])).score).toBe(0);
    expect((await validateScans(ones, [scanOf(3, [1])])).score).toBeLessThan(0.1);
    const nothing = await validateScans(zeros, [scanOf(3, [])]);
    expect(nothing.scores).toMatchObject({ recall: 1, precision: 1 });
    expect(nothing.score).toBe(0);
  });

  it('scores the nodules where every slice is validated and there is one', async () => {
    // All ones is one component, whose centre (3.5, 3.5, 4) lies on the nodule at (4, 4, 4), 3 mm across.
    const found = await validateScans(ones, [scanOf(9, [4])]);
    expect(found.noduleScores).toEqual({ noduleSensitivity: 1, cpm: 1 });
    // It is nowhere near those of the ends, and so a false positive.
    const missed = await validateScans(ones, [scanOf(9, [0, 8])]);
    expect(missed.noduleScores).toEqual({ noduleSensitivity: 0, cpm: 0 });
    expect((await validateScans(ones, [scanOf(9, [])])).noduleScores).toBeUndefined();
    expect((await validateScans(ones, [scanOf(9, [4])], { sliceStride: 2 })).noduleScores).toBeUndefined();
  });

  it('with a stride predicts every n-th slice, at least one, and counts pixels only', async () => {
    const slices: SliceProgress[] = [];
    const { scans } = await validateScans(ones, [scanOf(5, [1, 4]), scanOf(1, [0], '3.4')], {
      sliceStride: 4,
      onSlice: (progress) => slices.push(progress),
    });
    // Slice 2 of 5, slice 0 of 1.
    expect(scans.map(({ truePositives, falsePositives }) => [truePositives, falsePositives])).toEqual([
      [0, 64],
      [1, 63],
    ]);
    expect(scans[0]).toMatchObject({ nodules: 0, nodulesFound: 0, falseCandidates: 0 });
    expect(slices).toEqual([
      { scan: 1, scans: 2, slice: 1, slices: 1 },
      { scan: 2, scans: 2, slice: 1, slices: 1 },
    ]);
  });

  it('keeps overlays of evenly spaced slices and of those at nodules, of the first scans', async () => {
    const scans = [scanOf(12, [0, 11]), scanOf(3, [1], '3.4')];
    const { overlays } = await validateScans(zeros, scans, { overlayScans: 1, overlaySlices: 2 });
    expect(overlays.map(zOf)).toEqual([0, 3, 9, 11]);
    expect(overlays[0]).toMatchObject({ name: '1.2-z000', width: SIZE, height: SIZE });
    expect(Array.from(overlays[0]!.label).indexOf(1)).toBe(4 * SIZE + 4);
    const strided = await validateScans(zeros, scans, { sliceStride: 4, overlayScans: 1, overlaySlices: 0 });
    expect(strided.overlays.map(zOf)).toEqual([2, 10]);
  });

  it('stops midway when told to, and leaves no tensor behind', async () => {
    const controller = new AbortController();
    await expectNoTensorLeak(async () => {
      const aborted = validateScans(zeros, [scanOf(4, [1])], {
        signal: controller.signal,
        onSlice: ({ slice }) => slice === 2 && controller.abort(new Error('enough')),
      });
      await expect(aborted).rejects.toThrow('enough');
    });
  });

  it('refuses no scans, a stride of 0, and a mask of another shape', async () => {
    await expect(validateScans(zeros, [scanOf(2, []), scanOf(3, [])])).rejects.toThrow(
      'scan 1.2 is in the list twice',
    );
    await expect(validateScans(zeros, [])).rejects.toThrow('there are no scans');
    await expect(validateScans(zeros, [scanOf(2, [])], { sliceStride: 0 })).rejects.toThrow(
      'every 0-th slice',
    );
    const [two, three] = [scanOf(2, []), scanOf(3, [])];
    const load = async () => ({ ...(await two.load()), truth: (await three.load()).truth });
    await expect(validateScans(zeros, [{ ...two, load }])).rejects.toThrow(
      'Cannot validate 1.2: its voxels are 2x8x8, its mask 3x8x8',
    );
  });
});
