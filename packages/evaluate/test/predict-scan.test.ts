import { startEngine } from '@lunet/engine';
import { type Geometry, identityDirection, toVoxels, type Volume } from '@lunet/io';
import { fullSlice } from '@lunet/patches';
import { expectNoTensorLeak } from '@lunet/testing';
import { buildUnet, loadSafetensors, saveSafetensors } from '@lunet/unet';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { predictScan, predictSlices } from '../src/index.ts';
import { smallModel } from './small-model.ts';

const WIDTH = 6;
const HEIGHT = 4;

let model: layers.LayersModel;
beforeAll(async () => {
  await startEngine({ prefer: 'wasm' });
  model = smallModel();
});
afterAll(() => model.dispose());

/** A scan whose voxels are all different. */
function ramp(depth: number, width = WIDTH, height = HEIGHT): Volume<Int16Array> {
  const geometry: Geometry = {
    size: [width, height, depth],
    spacing: [1, 1, 1],
    origin: [0, 0, 0],
    direction: identityDirection,
  };
  const data = Int16Array.from({ length: width * height * depth }, (_, voxel) => voxel * 7 - 400);
  return { geometry, voxels: toVoxels(data, [depth, height, width]) };
}

/** Asks for everything and looks at nothing. */
async function drain(slices: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of slices);
}

/** What the model itself says about an image of `[height, width, 3]`. */
function predict(image: Float32Array): number[] {
  return tf.tidy(() => [
    ...(model.predict(tf.tensor4d(image, [1, HEIGHT, WIDTH, 3])) as tf.Tensor).dataSync(),
  ]);
}

describe('predictSlices', () => {
  it('predicts every slice as the model does, with the border slices repeated at the ends', async () => {
    const volume = ramp(3);
    const predicted: { z: number; probability: number[]; image: Float32Array }[] = [];
    await expectNoTensorLeak(async () => {
      for await (const { z, probability, image } of predictSlices(model, volume)) {
        predicted.push({ z, probability: [...probability], image: image.slice() });
      }
    });
    expect(predicted.map(({ z }) => z)).toEqual([0, 1, 2]);
    for (const { z, probability, image } of predicted) {
      expect(image).toEqual(fullSlice(volume, z, { context: 1 }));
      expect(probability).toEqual(predict(image));
    }
    // Pixel 0 of the slices below, at and above: 168 HU a slice.
    expect(predicted.map(({ image }) => [...image.subarray(0, 3)])).toEqual([
      [-400, -400, -232],
      [-400, -232, -64],
      [-232, -64, -64],
    ]);
    expect(predicted[0]!.probability).not.toEqual(predicted[1]!.probability);
  });

  it('predicts only the slices asked for, in their order', async () => {
    const order: number[] = [];
    for await (const { z } of predictSlices(model, ramp(4), { slices: [2, 0] })) order.push(z);
    expect(order).toEqual([2, 0]);
  });

  it('stops midway when told to, or when nobody asks for more, and leaves no tensor behind', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    await expectNoTensorLeak(async () => {
      const aborted = (async () => {
        for await (const { z } of predictSlices(model, ramp(4), { signal: controller.signal })) {
          seen.push(z);
          if (z === 1) controller.abort(new Error('enough'));
        }
      })();
      await expect(aborted).rejects.toThrow('enough');
      for await (const { z } of predictSlices(model, ramp(4))) if (z === 1) break;
    });
    expect(seen).toEqual([0, 1]);
  });

  it('lets a timer stop it, though the engine computes without a pause', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('time is up')), 5);
    let slices = 0;
    const manySeconds = (function* () {
      while (slices < 20_000) yield slices++ % 4;
    })();
    await expectNoTensorLeak(async () => {
      const predicted = predictSlices(model, ramp(4), { slices: manySeconds, signal: controller.signal });
      await expect(drain(predicted)).rejects.toThrow('time is up');
    });
    expect(slices).toBeGreaterThan(0);
  });

  it('runs on the plain cpu backend as on wasm, and takes voxels of any type', async () => {
    const volume = ramp(2);
    const voxels = toVoxels(Float64Array.from(volume.voxels.data), volume.voxels.shape);
    const onWasm = await predictScan(model, volume, { flips: true, tile: 4 });
    const weights = saveSafetensors(model);
    await startEngine({ prefer: 'cpu' });
    const onCpu = await (async () => {
      const twin = loadSafetensors(weights);
      try {
        return await expectNoTensorLeak(() =>
          predictScan(twin, { geometry: volume.geometry, voxels }, { flips: true, tile: 4 }),
        );
      } finally {
        twin.dispose();
        await startEngine({ prefer: 'wasm' });
      }
    })();
    onCpu.voxels.data.forEach((p, i) => {
      expect(p).toBeCloseTo(onWasm.voxels.data[i]!, 5);
    });
  });

  it('refuses slices that are not there, and other models', async () => {
    await expectNoTensorLeak(async () => {
      await expect(drain(predictSlices(model, ramp(2), { slices: [0, 2] }))).rejects.toThrow(
        'Cannot take slice 2: the volume has slices 0 to 1',
      );
    });
    const even = buildUnet({ inputChannels: 2, filters: 2, depth: 2, seed: 1 });
    await expect(drain(predictSlices(even, ramp(2)))).rejects.toThrow('takes 2 channels, not an odd number');
    even.dispose();
    const foreign = layers.sequential({
      layers: [layers.layers.conv2d({ filters: 1, kernelSize: 1, inputShape: [4, 6, 3] })],
    });
    await expect(drain(predictSlices(foreign, ramp(2)))).rejects.toThrow(TypeError);
    foreign.dispose();
  });
});

describe('predictScan', () => {
  it("puts the slices on the scan's own grid and tells how far it is", async () => {
    const volume = ramp(3);
    const progress: [number, number][] = [];
    const { geometry, voxels } = await expectNoTensorLeak(() =>
      predictScan(model, volume, { onSlice: (done, of) => progress.push([done, of]) }),
    );
    expect(geometry).toEqual(volume.geometry);
    expect(voxels.shape).toEqual([3, HEIGHT, WIDTH]);
    expect(progress).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    const slices = [0, 1, 2].flatMap((z) => predict(fullSlice(volume, z, { context: 1 })));
    expect([...voxels.data]).toEqual(slices);
  });

  it("throws the signal's reason", async () => {
    const signal = AbortSignal.abort(new Error('not today'));
    await expect(predictScan(model, ramp(2), { signal })).rejects.toThrow('not today');
  });
});
