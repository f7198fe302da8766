import { type Geometry, identityDirection, toVoxels, type Volume } from '@lunet/io';
import { buildUnet, readWeights, type UnetOptions, writeWeights } from '@lunet/unet';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Numbers in [−1, 1) that only depend on the seed (splitmix32). */
function noise(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b9);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 31 - 1;
  };
}

/**
 * A model whose batch statistics, scales and biases are all different and none at its start, as after a training; the
 * image's own are those of HU. Its probabilities spread over most of 0 … 1.
 */
export function trainedLike(options: UnetOptions): LayersModel {
  const model = buildUnet({ initialForegroundProbability: 0.5, seed: 5, ...options });
  const weights = new Map(
    [...readWeights(model)].map(([name, { shape, data }], index) => {
      const draw = noise(index);
      const isInput = name.startsWith('norm.');
      const value: Record<string, (old: number) => number> = {
        gamma: () => 1 + 0.3 * draw(),
        beta: () => 0.3 * draw(),
        movingMean: () => draw() * (isInput ? 300 : 0.3),
        movingVariance: () => (1 + 0.5 * draw()) * (isInput ? 250_000 : 1),
        bias: (old) => old + 0.2 * draw(),
      };
      const change = value[name.split('.').at(-1)!] ?? ((old: number) => old);
      return [name, { shape, data: data.map(change) }] as const;
    }),
  );
  writeWeights(model, weights);
  return model;
}

/** A scan of noise between −1,300 and 1,300 HU, `[depth, height, width]`. */
export function noiseScan(
  shape: readonly [number, number, number],
  { seed = 1, spacing = [0.7, 0.7, 1.25] }: { seed?: number; spacing?: Geometry['spacing'] } = {},
): Volume<Int16Array> {
  const [depth, height, width] = shape;
  const draw = noise(seed);
  const data = Int16Array.from({ length: depth * height * width }, () => Math.round(1300 * draw()));
  const geometry = {
    size: [width, height, depth],
    spacing,
    origin: [0, 0, 0],
    direction: identityDirection,
  } as const;
  return { geometry, voxels: toVoxels(data, shape) };
}

/** Largest difference of two arrays of one length. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new RangeError(`${a.length} and ${b.length} values`);
  return Array.from(a).reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);
}

/** Largest minus smallest value. */
export function spread(values: Float32Array): number {
  return values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b));
}
