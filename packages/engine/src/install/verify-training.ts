// A program: node verify-training.ts BINDING PACKAGE; trains for one step and prints what ran as one line of JSON.
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { registerBackend, requireBinding } from '../tensorflow/start-tensorflow.ts';

const [binding = '', folder = ''] = process.argv.slice(2);
const files = { source: binding, binding, package: folder, gpu: false, remedy: 'see above' };
const loaded = requireBinding(files);
registerBackend(loaded, files);
if (!(await tf.setBackend('tensorflow'))) throw new Error('TensorFlow.js refused the backend');

/** Pixels of a 4x4 image that each weight of a 3x3 filter meets: the gradient of the sum of a convolution of ones. */
const gradient = [9, 12, 9, 12, 16, 12, 9, 12, 9];
const rate = 1 / 64;
const image = tf.ones<tf.Rank.R4>([1, 4, 4, 1]);
const filter = tf.variable(tf.ones<tf.Rank.R4>([3, 3, 1, 1]));
tf.train
  .sgd(rate)
  .minimize(() => tf.sum(tf.conv2d(image, filter as tf.Tensor4D, 1, 'same')), false, [filter]);
const weights = await filter.data();
const expected = gradient.map((value) => 1 - rate * value);
if (expected.some((value, index) => value !== weights[index])) {
  throw new Error(`one training step gave the weights ${weights.join(' ')}, expected ${expected.join(' ')}`);
}
console.log(JSON.stringify({ version: loaded.TF_Version, gpu: loaded.isUsingGpuDevice() }));
