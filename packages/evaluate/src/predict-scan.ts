import { toVoxels, type Volume } from '@lunet/io';
import { fullSlice } from '@lunet/patches';
import { checkInputSize, unetOptions } from '@lunet/unet';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** One predicted slice. */
export interface PredictedSlice {
  readonly z: number;
  /** Probabilities 0 … 1, row-major `[height, width]`. */
  readonly probability: Float32Array;
  /** What the network saw, `[height, width, channels]` in HU; its buffer is used again for the next slice. */
  readonly image: Float32Array;
}

/** Which slices are predicted, and how it is stopped. */
export interface PredictSlicesOptions {
  /** Indices of the slices; all of them if absent. */
  readonly slices?: Iterable<number>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a model over the whole slices of a scan, one slice at a time: slices `z − 3 … z + 3` in, slice `z` out.
 *
 * Memory is bounded by one slice's activations whatever the scan's depth.
 *
 * @param model from `@lunet/unet`, with an odd number of input channels.
 * @param volume HU.
 * @throws {RangeError} if the model cannot take slices of this size, or one of `slices` is not in the volume.
 * @throws {TypeError} if it does not take an odd number of slices, or was not made by `buildUnet`.
 * @throws the signal's reason, if it aborts.
 * @example
 * ```ts
 * for await (const { z, probability } of predictSlices(model, volume, { slices: [0, 2] })) {
 *   console.log(z, probability.length); // 0 then 2; 512 · 512 for a LUNA16 scan
 * }
 * ```
 */
export async function* predictSlices(
  model: LayersModel,
  volume: Volume<Int16Array>,
  { slices, signal }: PredictSlicesOptions = {},
): AsyncGenerator<PredictedSlice, void, undefined> {
  const [width, height, depth] = volume.geometry.size;
  const channels = model.inputs[0]?.shape.at(-1);
  if (channels == null || channels % 2 !== 1) {
    throw new TypeError(
      `Cannot predict slices: the model takes ${channels} channels, not an odd number of slices`,
    );
  }
  checkInputSize(unetOptions(model), height, width);
  const context = (channels - 1) / 2;
  const image = new Float32Array(height * width * channels);
  for (const z of slices ?? Array.from({ length: depth }, (_, index) => index)) {
    signal?.throwIfAborted();
    fullSlice(volume, z, { context, out: image });
    const output = tf.tidy(
      () => model.predict(tf.tensor4d(image, [1, height, width, channels])) as tf.Tensor,
    );
    let probability: Float32Array;
    try {
      probability = (await output.data()) as Float32Array;
    } finally {
      output.dispose();
    }
    yield { z, probability, image };
  }
}

/**
 * Predicts a whole scan.
 *
 * @returns probabilities 0 … 1 on the scan's own grid; 4 bytes a voxel.
 * @throws as `predictSlices` does.
 */
export async function predictScan(
  model: LayersModel,
  volume: Volume<Int16Array>,
  {
    signal,
    onSlice,
  }: {
    signal?: AbortSignal | undefined;
    onSlice?: ((done: number, of: number) => void) | undefined;
  } = {},
): Promise<Volume<Float32Array>> {
  const { geometry } = volume;
  const [width, height, depth] = geometry.size;
  const data = new Float32Array(width * height * depth);
  for await (const { z, probability } of predictSlices(model, volume, { signal })) {
    data.set(probability, z * width * height);
    onSlice?.(z + 1, depth);
  }
  return { geometry, voxels: toVoxels(data, [depth, height, width]) };
}
