// Computes on an execution provider and on tfjs' cpu backend, and prints as JSON the largest differences, as shares of the
// largest number.
// Run by webgpu.test.ts in a process of its own, whose environment names the GPU's driver.
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers';
import { type Provider, startOnnx } from '../../src/index.ts';

type Compute = () => tf.Tensor | tf.Tensor[];

const image = (): tf.Tensor4D => tf.randomNormal([2, 6, 6, 3], 0, 1, 'float32', 1);
const filter = (): tf.Tensor4D => tf.randomNormal([3, 3, 3, 4], 0, 1, 'float32', 2);

/** One training step of a small network, its loss and its weights afterwards. */
function trainingStep(): tf.Tensor[] {
  const net = sequential({
    layers: [
      layers.conv2d({
        filters: 4,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        inputShape: [6, 6, 3],
        kernelInitializer: seeded(1),
      }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ units: 1, activation: 'sigmoid', kernelInitializer: seeded(2) }),
    ],
  });
  const images = image();
  const optimizer = tf.train.sgd(0.1);
  const loss = optimizer.minimize(() => {
    const found = net.apply(images, { training: true }) as tf.Tensor;
    return tf.mean(tf.square(tf.sub(found, tf.tensor2d([[0], [1]]))));
  }, true)!;
  return [loss, ...net.trainableWeights.map((weight) => weight.read())];
}

function seeded(seed: number): ReturnType<typeof initializers.glorotUniform> {
  return initializers.glorotUniform({ seed });
}

const computations: Readonly<Record<string, Compute>> = {
  'a few kernels': () => tf.softmax(tf.sub(tf.mul(image(), 2), tf.mean(image(), [1, 2], true))),
  'gradients of a convolution': () =>
    tf.grads((x, w) => tf.sum(tf.square(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'))))([
      image(),
      filter(),
    ]),
  'training step': trainingStep,
};

function numbersOf(compute: Compute): Float32Array[] {
  return [compute()].flat().map((tensor) => tensor.dataSync() as Float32Array);
}

await tf.setBackend('cpu');
const expected = Object.values(computations).map(numbersOf);
const { leftToCpu, ...started } = await startOnnx({ provider: process.argv[2] as Provider });
const differences = Object.entries(computations).map(([name, compute], i) => {
  const found = numbersOf(compute).flatMap((numbers) => [...numbers]);
  const wanted = expected[i]!.flatMap((numbers) => [...numbers]);
  if (found.length !== wanted.length)
    throw new Error(`${name}: ${found.length} numbers, not ${wanted.length}`);
  const largest = Math.max(...wanted.map(Math.abs));
  return [name, Math.max(...found.map((number, j) => Math.abs(number - wanted[j]!))) / largest];
});
const before = [...leftToCpu];
// ONNX Runtime's WebGPU provider has no cast from int64, which ONNX's TopK gives.
tf.topk(image(), 2).indices.dataSync();
console.log(
  JSON.stringify({
    started,
    differences: Object.fromEntries(differences),
    before,
    leftToCpu: [...leftToCpu],
  }),
);
