import '@tensorflow/tfjs-backend-cpu';
import '@lunet/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startOnnx } from '../src/index.ts';
import { onCpu } from './on-backend.ts';

beforeAll(async () => {
  await startOnnx({ threads: 1 });
});

/** As wide as it has channels, so that only the axis tells what a vector is added along. */
const size = 16;

function convolveAndAdd(offsets: number[]): Float32Array {
  // Read when all others are gone: what a tensor shows is not fused.
  const result = tf.tidy(() => {
    const x = tf.randomNormal([2, size, size, size], 0, 1, 'float32', 1) as tf.Tensor4D;
    const filter = tf.randomNormal([3, 3, size, size], 0, 0.1, 'float32', 2) as tf.Tensor4D;
    const vector = tf.reshape(tf.linspace(-1, 1, size), offsets);
    return tf.relu(tf.add(tf.conv2d(x, filter, 1, 'same'), vector));
  });
  const numbers = result.dataSync() as Float32Array;
  result.dispose();
  return numbers;
}

describe('what is added to a convolution before its ReLU', () => {
  it.each([
    ['a channel', [size]],
    ['a channel', [1, 1, 1, size]],
    ['a column', [1, 1, size, 1]],
    ['a row', [1, size, 1, 1]],
  ])('is one number for %s in shape %j', async (_, shape) => {
    const expected = await onCpu(() => convolveAndAdd(shape));
    expect({ shape: [expected.length], values: convolveAndAdd(shape) }).toBeCloseToTensor(
      { shape: [expected.length], values: expected },
      { absolute: 1e-5, relative: 0 },
    );
  });
});
