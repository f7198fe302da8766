// A program: node verify-training.ts BINDING PACKAGE; trains for one step and prints what ran as one line of JSON.
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { registerBackend, requireBinding } from '../tensorflow/start-tensorflow.ts';
import type { Verified } from './verify.ts';

/** Pixels of a 4x4 image that each weight of a 3x3 filter meets: the gradient of the sum of a convolution of ones. */
const gradient = [9, 12, 9, 12, 16, 12, 9, 12, 9];
const rate = 1 / 64;

async function trainOneStep(binding: string, folder: string): Promise<Verified> {
  const remedy = 'name another TensorFlow by --from';
  const files = { source: binding, binding, package: folder, gpu: false, remedy };
  const loaded = requireBinding(files);
  registerBackend(loaded, files);
  if (!(await tf.setBackend('tensorflow'))) throw new Error('TensorFlow.js refused the backend');
  const image = tf.ones<tf.Rank.R4>([1, 4, 4, 1]);
  const filter = tf.variable(tf.ones<tf.Rank.R4>([3, 3, 1, 1]));
  const loss = (): tf.Scalar => tf.sum(tf.conv2d(image, filter as tf.Tensor4D, 1, 'same'));
  tf.train.sgd(rate).minimize(loss, false, [filter]);
  const weights = await filter.data();
  const expected = gradient.map((value) => 1 - rate * value);
  if (expected.some((value, index) => value !== weights[index])) {
    throw new Error(
      `one training step gave the weights ${weights.join(' ')}, expected ${expected.join(' ')}`,
    );
  }
  return { version: loaded.TF_Version, gpu: loaded.isUsingGpuDevice() };
}

try {
  const [binding = '', folder = ''] = process.argv.slice(2);
  console.log(JSON.stringify(await trainOneStep(binding, folder)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
