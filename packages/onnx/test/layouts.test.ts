import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OnnxBackend } from '../src/backend.ts';
import type { Layout } from '../src/graph/value.ts';
import { startOnnx } from '../src/index.ts';

const shape: [number, number, number, number] = [2, 4, 6, 32];

/** Operations on images x and y; tfjs-core's specs hardly ever have as many channels as a block. */
const operations: Record<string, (x: tf.Tensor4D, y: tf.Tensor4D) => tf.Tensor> = {
  add: (x, y) => tf.add(x, y),
  'sub of a scalar': (x) => tf.sub(x, 0.5),
  'mul by channels': (x) => tf.mul(x, tf.linspace(-1, 1, 32)),
  'mul by pixels': (x) => tf.mul(x, tf.reshape(tf.linspace(-1, 1, 24), [4, 6, 1])),
  'div by another axis': (x, y) => tf.div(x, tf.add(tf.mean(tf.abs(y), 1, true), 1)),
  maximum: (x, y) => tf.maximum(x, y),
  squaredDifference: (x, y) => tf.squaredDifference(x, y),
  where: (x, y) => tf.where(tf.greater(numbers(shape, 3), 0), x, y),
  greater: (x, y) => tf.greater(x, y),
  exp: (x) => tf.exp(x),
  relu: (x) => tf.relu(x),
  leakyRelu: (x) => tf.leakyRelu(x),
  elu: (x) => tf.elu(x),
  prelu: (x) => tf.prelu(x, numbers([1, 1, 1, 32], 3)),
  clipByValue: (x) => tf.clipByValue(x, -0.5, 0.5),
  softmax: (x) => tf.softmax(x),
  'sum over channels': (x) => tf.sum(x, 3),
  'sum over pixels': (x) => tf.sum(x, [1, 2]),
  'sum over all': (x) => tf.sum(x),
  'mean over batches and pixels': (x) => tf.mean(x, [0, 1, 2], true),
  max: (x) => tf.max(x, 3),
  reshape: (x) => tf.reshape(x, [2, 24, 32]),
  'reshape to one row': (x) => tf.reshape(x, [-1]),
  transpose: (x) => tf.transpose(x, [3, 0, 2, 1]),
  'concat of channels': (x, y) => tf.concat([x, y], 3),
  'concat of rows': (x, y) => tf.concat([x, y], 1),
  'slice of channels': (x) => tf.slice(x, [0, 0, 0, 3], [2, 4, 6, 9]),
  'slice of pixels': (x) => tf.slice(x, [0, 1, 2, 0], [2, 2, 3, 32]),
  split: (x) => tf.mul(tf.split(x, 2, 3)[0]!, tf.split(x, 2, 3)[1]!),
  stack: (x, y) => tf.stack([x, y], 1),
  unstack: (x) => tf.unstack(x, 3)[5]!,
  pad: (x) =>
    tf.pad(x, [
      [0, 0],
      [1, 2],
      [0, 1],
      [2, 0],
    ]),
  tile: (x) => tf.tile(x, [1, 2, 1, 2]),
  reverse: (x) => tf.reverse(x, [1, 3]),
  gather: (x) => tf.gather(x, [3, 0, 3], 3),
  matMul: (x, y) => tf.matMul(x, y, false, true),
  maxPool: (x) => tf.maxPool(x, 2, 2, 'valid'),
  'maxPool that overlaps': (x) => tf.maxPool(x, 3, 2, 'same'),
  avgPool: (x) => tf.avgPool(x, 2, 2, 'valid'),
  'avgPool with strides and pads': (x) => tf.avgPool(x, 3, 1, 'valid'),
  // The cpu backend's gradient is that of the first image for all.
  'resizeNearestNeighbor of one image': (x) =>
    tf.image.resizeNearestNeighbor(tf.slice(x, [1, 0, 0, 0], [1, 4, 6, 32]), [8, 12]),
  // The cpu backend swaps height and width of this one's gradient.
  'resizeBilinear of a square': (x) =>
    tf.image.resizeBilinear(tf.slice(x, [0, 0, 0, 0], [2, 4, 4, 32]), [7, 5]),
  batchNorm: (x) =>
    tf.batchNorm(
      x,
      tf.linspace(0, 1, 32),
      tf.linspace(1, 2, 32),
      tf.linspace(-1, 1, 32),
      tf.linspace(0.5, 2, 32),
    ),
  depthToSpace: (x) => tf.depthToSpace(x, 2),
  conv2d: (x) => tf.conv2d(x, numbers([3, 3, 32, 16], 3), 1, 'same'),
  'conv2d with strides': (x) => tf.conv2d(x, numbers([3, 3, 32, 5], 4), 2, 'same'),
  depthwiseConv2d: (x) => tf.depthwiseConv2d(x, numbers([3, 3, 32, 1], 5), 1, 'same'),
  'fused depthwiseConv2d': (x) =>
    tf.fused.depthwiseConv2d({
      x,
      filter: numbers([3, 3, 32, 1], 5),
      strides: 1,
      pad: 'same',
      bias: tf.linspace(-1, 1, 32),
      activation: 'relu',
    }),
  flipLeftRight: (x) => tf.image.flipLeftRight(x),
  conv2dTranspose: (x) => tf.conv2dTranspose(x, numbers([2, 2, 8, 32], 6), [2, 8, 12, 8], 2, 'same'),
};

const withoutGradient = new Set([operations.flipLeftRight, operations.depthToSpace, operations.greater]);

beforeAll(() => startOnnx({ threads: 1 }));

describe.each(Object.entries(operations))('%s', (_, operation) => {
  it('is the same on the cpu backend and on images in every layout', async () => {
    await tf.setBackend('cpu');
    const expected = evaluate(operation, (x) => x);
    await tf.setBackend('onnx');
    for (const layout of ['plain', 'nchw', 'blocked'] as const) {
      const results = evaluate(operation, (x) => inLayout(x, layout));
      for (const [i, values] of expected.entries()) {
        const difference = Math.max(...values.map((value, j) => Math.abs(value - results[i]![j]!)));
        expect(difference, `${layout}: ${['result', 'gradient by x', 'gradient by y'][i]}`).toBeLessThan(
          1e-4,
        );
      }
    }
  });
});

type Operation = (x: tf.Tensor4D, y: tf.Tensor4D) => tf.Tensor;

/** An operation's result, and the gradients of a weighted sum of it by the images that it takes. */
function evaluate(operation: Operation, arrange: (x: tf.Tensor4D) => tf.Tensor4D): Float32Array[] {
  return tf.tidy(() => {
    const images = [1, 2].slice(0, operation.length).map((seed) => arrange(numbers(shape, seed)));
    const run = (...[x, y]: tf.Tensor[]): tf.Tensor => operation(x as tf.Tensor4D, y as tf.Tensor4D);
    const result = run(...images);
    const gradients = withoutGradient.has(operation) ? [] : tf.grads(run)(images, numbers(result.shape, 7));
    return [result, ...gradients].map((tensor) => tensor.dataSync<'float32'>());
  });
}

/** Numbers between -1 and 1, none of them like its neighbour. */
function numbers(shape: number[], seed: number): tf.Tensor4D {
  const size = tf.util.sizeFromShape(shape);
  const values = Float32Array.from(
    { length: size },
    (_, i) => ((i * 7919 + seed * 104_729) % 2003) / 1001.5 - 1,
  );
  const tensor: tf.Tensor = tf.tensor(values, shape);
  return tensor as tf.Tensor4D;
}

/** The same image, still to be computed, in another layout. */
function inLayout(x: tf.Tensor4D, which: 'plain' | 'nchw' | 'blocked'): tf.Tensor4D {
  const backend = tf.backend() as OnnxBackend;
  const layout: Layout = which === 'blocked' ? backend.layoutFor(shape[3]) : which;
  return tf.engine().makeTensorFromTensorInfo(backend.tensorOf(backend.valueIn(x, layout))) as tf.Tensor4D;
}
