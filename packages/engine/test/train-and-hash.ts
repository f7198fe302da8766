// Trains the small U-Net for five steps with as many threads as its argument says, normalises images that are large
// enough to be shared between them, prints a hash of weights and gradients, and ends by itself. Run by training.test.ts.
import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { startEngine } from '../src/index.ts';
import { smallTraining } from './small-unet.ts';
import { valuesFor } from './values.ts';

const engine = await startEngine({ prefer: 'wasm', threads: Number(process.argv[2]) });
const training = smallTraining();
for (let i = 0; i < 5; i++) training.step();
const hash = createHash('sha256');
const shape = [3, 257, 255, 3];
const images = tf.tensor(valuesFor(tf.util.sizeFromShape(shape), 1), shape);
const layer = layers.layers.batchNormalization({});
const dimmed = (x: tf.Tensor): tf.Tensor => tf.relu(tf.add(x, [0.1, 0.2, 0.3]));
const normalised = (x: tf.Tensor): tf.Tensor => layer.apply(dimmed(x), { training: true }) as tf.Tensor;
const gradients = tf.grads((x, weights) => tf.sum(tf.mul(normalised(x!), weights!)))([
  images,
  tf.square(images),
]);
for (const weight of [...training.weights(), ...layer.getWeights(), ...gradients])
  hash.update(weight.dataSync() as Float32Array);
console.log(engine.threads, hash.digest('hex'));
