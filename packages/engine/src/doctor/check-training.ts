import * as tf from '@tensorflow/tfjs-core';
import { referenceTraining } from './reference-step.ts';

/**
 * Losses of the reference network with 2 filters on 2 images of 16×16, before each of five steps with Adam at 0.01.
 *
 * The plain JavaScript engine and the wasm engine, whose kernels share nothing, agree on them to seven digits.
 */
const knownLosses = [3.360611, 3.022068, 2.78089, 2.607105, 2.484249];

/** A GPU multiplies in TF32, with ten bits of mantissa. */
const tolerance = 0.01;

/**
 * Trains for five steps on the running engine and holds it against known numbers.
 *
 * @throws {Error} if a gradient or a loss is wrong, or the weights do not move; the message has both values.
 */
export async function checkTraining(): Promise<void> {
  // Each filter weight's gradient counts the pixels it meets, each pixel's the weights: small integers, exact anywhere.
  const x = tf.ones<tf.Rank.R4>([1, 4, 4, 1]);
  const filter = tf.ones<tf.Rank.R4>([3, 3, 1, 1]);
  const gradients = tf.grads((image, weights) =>
    tf.sum(tf.conv2d(image as tf.Tensor4D, weights as tf.Tensor4D, 1, 'same')),
  );
  const [pixels, weights] = gradients([x, filter]) as [tf.Tensor, tf.Tensor];
  const found = [await weights.data(), await pixels.data()].map((values) => Array.from(values).join(' '));
  tf.dispose([x, filter, pixels, weights]);
  const expected = ['9 12 9 12 16 12 9 12 9', '4 6 6 4 6 9 9 6 6 9 9 6 4 6 6 4'];
  for (const [i, what] of ['filter', 'image'].entries()) {
    if (found[i] !== expected[i]) {
      throw new Error(`gradient of a convolution's ${what} is ${found[i]}, expected ${expected[i]}`);
    }
  }
  const training = referenceTraining({ filters: 2, batch: 2, size: 16 }, 0.01);
  try {
    for (const [i, expected] of knownLosses.entries()) {
      const scalar = training.step();
      const [loss] = await scalar.data();
      scalar.dispose();
      if (!(Math.abs(loss! / expected - 1) <= tolerance)) {
        throw new Error(`loss of training step ${i + 1} is ${loss}, expected ${expected} to 1 %`);
      }
    }
  } finally {
    training.dispose();
  }
}
