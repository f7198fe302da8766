import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine } from '@lunet/engine';
import { type Geometry, identityDirection, indexToWorld, toVoxels, worldToIndex } from '@lunet/io';
import { type Luna16Scan, writeVolume } from '@lunet/io/node';
import { buildUnet } from '@lunet/unet';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mineFalsePositives } from '../src/index.ts';

const geometry: Geometry = {
  size: [16, 16, 8],
  spacing: [1, 1, 0.5],
  origin: [-5, 3, 7],
  direction: identityDirection,
};
const bright = { x: 11, y: 5 };
const second = { x: 3, y: 12 };
let folder: string;
let scans: Luna16Scan[];
let model: LayersModel;

/** Two scans, each with two bright columns along z; in the first scan one of them is a nodule. */
beforeAll(async () => {
  await startEngine({ prefer: 'wasm' });
  folder = await mkdtemp(join(tmpdir(), 'lunet-mine-'));
  const data = new Int16Array(16 * 16 * 8).fill(-900);
  for (let z = 0; z < 8; z++) {
    for (const { x, y } of [bright, second]) data[(z * 16 + y) * 16 + x] = 100;
  }
  scans = await Promise.all(
    ['1.1', '1.2'].map(async (seriesUid, i) => {
      const path = join(folder, `${seriesUid}.mhd`);
      await writeVolume(path, { geometry, voxels: toVoxels(data, [8, 16, 16]) });
      const nodule = {
        seriesUid,
        centerWorld: indexToWorld(geometry, [bright.x, bright.y, 4]),
        diameterMm: 10,
      };
      return {
        seriesUid,
        path,
        fold: 0,
        geometry,
        nodules: i === 0 ? [nodule] : [],
        outside: [],
        excluded: [],
        candidates: [],
        lungMaskPath: undefined,
        allowExternalData: false,
      };
    }),
  );
  model = brightnessModel();
});
afterAll(() => rm(folder, { recursive: true }));

/** A U-Net of one level without normalisation whose weights are set so that it marks what is brighter than −400 HU. */
function brightnessModel(): LayersModel {
  const unet = buildUnet({
    inputChannels: 3,
    filters: 1,
    depth: 1,
    blockConvolutions: 1,
    normalisation: 'none',
    inputNormalisation: false,
    seed: 1,
  });
  for (const weight of unet.weights) {
    const shape = weight.shape as number[];
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    if (shape.length === 4 && shape[0] === 3) values[(4 * shape[2]! + 1) * shape[3]!] = 1; // Centre tap, centre slice.
    if (shape.length === 4 && shape[0] === 1) values[0] = 1;
    if (shape.length === 1) values[0] = weight.name.startsWith('head') ? -1 : 400;
    weight.write(tf.tensor(values, shape));
  }
  return unet;
}

describe('mineFalsePositives', () => {
  const places = async (options: Parameters<typeof mineFalsePositives>[2]) =>
    [...(await mineFalsePositives(model, scans, options))].map(
      ([uid, centers]) =>
        [uid, centers.map((center) => worldToIndex(geometry, center).map(Math.round))] as const,
    );

  it('returns where the model sees a nodule and there is none, on slices spread over scans and depth', async () => {
    expect(await places({ slices: 4 })).toEqual([
      [
        '1.1',
        [
          [3, 12, 0],
          [3, 12, 4],
        ],
      ],
      [
        '1.2',
        [
          [11, 5, 0],
          [3, 12, 0],
          [11, 5, 4],
          [3, 12, 4],
        ],
      ],
    ]);
  });

  it('keeps only so many of a slice, and looks at other slices in another round', async () => {
    expect(await places({ slices: 2, mostPerSlice: 1, round: 1 })).toEqual([
      ['1.1', [[3, 12, 4]]],
      ['1.2', [[11, 5, 4]]],
    ]);
  });

  it('takes fewer slices than scans, and none', async () => {
    expect(await places({ slices: 1, round: 1 })).toHaveLength(1);
    expect(await places({ slices: 0 })).toEqual([]);
  });

  it('leaves no tensor behind, and stops when told to', async () => {
    const before = tf.memory().numTensors;
    await mineFalsePositives(model, scans, { slices: 3 });
    expect(tf.memory().numTensors).toBe(before);
    await expect(mineFalsePositives(model, scans, { signal: AbortSignal.abort() })).rejects.toThrow(
      'aborted',
    );
  });
});
