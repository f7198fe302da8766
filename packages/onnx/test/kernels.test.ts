import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OnnxBackend } from '../src/backend.ts';
import type { Layout } from '../src/graph/value.ts';
import { startOnnx } from '../src/index.ts';

type Images = (x: tf.Tensor4D, y: tf.Tensor4D) => tf.Tensor;

const shape: [number, number, number, number] = [2, 3, 4, 32];

/** What specs do with small images, done with images whose channels fill two blocks of 16 or four of 8. */
const programs: Readonly<Record<string, Images>> = {
  'x + y': (x, y) => x.add(y),
  'x - a number a channel': (x) => x.sub(tf.range(0, 32)),
  'x · a number a pixel': (x) => x.mul(tf.range(0, 12).reshape([3, 4, 1])),
  'x / a number an image': (x) => x.div(tf.tensor4d([2, 3], [2, 1, 1, 1])),
  'a sum of three': (x, y) => tf.addN([x, y, x]),
  'x mod y': (x, y) => x.mod(y),
  '(x - y)²': (x, y) => tf.squaredDifference(x, y),
  'whole quotients': (x, y) => x.floorDiv(y.mul(9).toInt().toFloat().add(0.5)),
  'whole parts': (x, y) => x.mul(9).toInt().mul(y.mul(9).toInt()).toFloat(),
  'the larger': (x, y) => tf.where(x.greater(y), x, y),
  'a choice of ones': (x, y) => tf.where(x.less(y), tf.onesLike(x), y),
  'a choice by a mask from elsewhere': (x, y) => tf.where(tf.ones(shape, 'bool').logicalNot(), x, y),
  'a logic of comparisons': (x, y) => x.greaterEqual(0).logicalAnd(y.lessEqual(0)).logicalOr(x.equal(y)),
  'a sum of booleans': (x, y) => x.notEqual(y).sum([1, 2]),
  'any channel': (x) => x.greater(1).any(3),
  'a mask a pixel': (x, y) => x.mul(y.max(3, true).greater(1).toFloat()),
  'leaky, steep and clipped': (x, y) => x.leakyRelu(0.1).add(y.step(-1)).add(y.clipByValue(-1, 1)),
  'slopes a channel': (x) => x.prelu(tf.linspace(0, 1, 32)),
  softmax: (x) => x.softmax(),
  'bias gradient': (x) => x.sum([0, 1, 2]),
  'mean of pixels, axes kept': (x) => x.mean([1, 2], true),
  'mean of channels, axes kept': (x) => x.mean(3, true),
  'sum of rows': (x) => x.sum(1),
  'sum of rows, axes kept': (x) => x.sum(1, true),
  'maximum of channels': (x) => x.max(3),
  'minimum of images and columns': (x) => x.min([0, 2]),
  'product of channels': (x) => x.prod(3),
  'sum of all': (x) => x.sum(),
  'largest channel': (x) => x.argMax(3),
  'smallest row': (x) => x.argMin(1),
  'running sum of channels': (x) => x.cumsum(3),
  'running sum of rows': (x) => x.cumsum(1),
  'channels first': (x) => x.transpose([0, 3, 1, 2]),
  'axes backwards': (x) => x.transpose(),
  'second half of the channels': (x) => x.slice([0, 0, 0, 16]),
  'ten channels': (x) => x.slice([0, 1, 0, 5], [2, 2, 3, 10]),
  'every other pixel': (x) => x.stridedSlice([0, 0, 3, 0], [2, 3, -5, 32], [1, 2, -2, 1]),
  'a frame of sevens': (x) =>
    x.pad(
      [
        [0, 0],
        [1, 2],
        [2, 0],
        [0, 0],
      ],
      7,
    ),
  'sixteen channels more': (x) =>
    x.pad([
      [0, 0],
      [0, 0],
      [1, 0],
      [16, 0],
    ]),
  'three channels more': (x) =>
    x.pad([
      [0, 0],
      [0, 0],
      [0, 0],
      [1, 2],
    ]),
  'reflected pixels': (x) =>
    x.mirrorPad(
      [
        [0, 0],
        [2, 1],
        [0, 3],
        [0, 0],
      ],
      'reflect',
    ),
  'mirrored pixels and channels': (x) =>
    x.mirrorPad(
      [
        [0, 0],
        [2, 1],
        [0, 0],
        [1, 3],
      ],
      'symmetric',
    ),
  'two by three tiles': (x) => x.tile([1, 2, 3, 1]),
  'tiled channels': (x) => x.tile([1, 1, 1, 2]),
  'a skip connection': (x, y) => tf.concat([x, y], 3),
  'a skip connection of three channels': (x, y) => tf.concat([x, y.slice(0, [2, 3, 4, 3])], 3),
  'images below each other': (x, y) => tf.concat([x, y], 1),
  'halves of the channels, swapped': (x) => tf.concat(x.split(2, 3).reverse(), 3),
  'thirds of the channels': (x) => tf.addN(x.slice([0, 0, 0, 2]).split(3, 3)),
  'channels apart': (x) => tf.addN(x.unstack(3)),
  'a stack': (x, y) => tf.stack([x, y], -1),
  'chosen channels': (x) => x.gather(tf.tensor1d([31, 0, 7], 'int32'), 3),
  'chosen rows': (x) => x.gather(tf.tensor1d([2, 2], 'int32'), 1),
  'rows upside down': (x) => x.reverse(1),
  'channels backwards': (x) => x.reverse([2, 3]),
  'channels to pixels': (x) => tf.depthToSpace(x, 2),
  'pixels to the batch': (x) =>
    tf.spaceToBatchND(
      x,
      [1, 2],
      [
        [0, 0],
        [2, 0],
      ],
    ),
  'batch to pixels': (x) =>
    tf.batchToSpaceND(
      x,
      [2, 1],
      [
        [1, 0],
        [0, 0],
      ],
    ),
  'a dense layer': (x, y) => tf.matMul(x.reshape([6, 128]), y.reshape([6, 128]), true),
  'best channels': (x) => tf.topk(x, 3).values,
};

describe('kernels of images in every layout', () => {
  let layouts: ReadonlySet<Layout>;
  let backend: OnnxBackend;

  beforeAll(async () => {
    await startOnnx({ threads: 1 });
    backend = tf.backend() as OnnxBackend;
    layouts = new Set(['plain', 'nchw', backend.layoutFor(16)]);
    if (layouts.size === 2) console.log('This runtime has no blocked layout: only two are tested');
  });

  it.each(Object.entries(programs))('agree with the cpu backend on %s', async (_, program) => {
    await tf.setBackend('cpu');
    const expected = tf.tidy(() => told(program(numbers(1), numbers(2))));
    await tf.setBackend('onnx');
    for (const first of layouts) {
      for (const second of program.length > 1 ? layouts : ([first] as const)) {
        const actual = tf.tidy(() =>
          told(program(laidOut(backend, numbers(1), first), laidOut(backend, numbers(2), second))),
        );
        expect(actual.type, `${first}, ${second}`).toEqual(expected.type);
        const worst = actual.data.findIndex((value, i) => !(Math.abs(value - expected.data[i]!) <= 1e-4));
        expect([worst, actual.data[worst]], `${first}, ${second}`).toEqual([-1, undefined]);
      }
    }
  });
});

/** Numbers between -2 and 2 that differ, none of them whole. */
function numbers(seed: number): tf.Tensor4D {
  const values = Float32Array.from({ length: 768 }, (_, i) => ((i * 389 * seed + 17) % 769) / 192.3 - 2);
  return tf.tensor4d(values, shape);
}

/** A tensor as a convolution would give it. */
function laidOut(backend: OnnxBackend, tensor: tf.Tensor4D, layout: Layout): tf.Tensor4D {
  const info = backend.tensorOf(backend.valueIn(tensor, layout));
  return tf.engine().makeTensorFromTensorInfo(info) as tf.Tensor4D;
}

function told(tensor: tf.Tensor): { type: string; data: number[] } {
  return { type: `${tensor.dtype} ${tensor.shape}`, data: [...tensor.dataSync()] };
}
