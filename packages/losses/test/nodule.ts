import { fill, type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';

/** A 64×64 label whose first `pixels` pixels are 1. */
export function noduleOf(pixels: number): Tensor4D {
  return tensor4d(new Float32Array(64 * 64).fill(1, 0, pixels), [1, 64, 64, 1]);
}

/** A 64×64 prediction of one probability. */
export function flat(probability: number): Tensor4D {
  return fill([1, 64, 64, 1], probability) as Tensor4D;
}
