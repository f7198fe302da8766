import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import { numbers } from './on-backend.ts';

/** Computes something of images whose channels fill two blocks of 16 or four of 8, as in no spec of tfjs-core. */
export type Images = (x: tf.Tensor4D, y: tf.Tensor4D) => tf.Tensor;

/** What tfjs-core's specs do with small images, for images [2, 3, 4, 32] of numbers between -2 and 2. */
export const programs: Readonly<Record<string, Images>> = {
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
  'a choice by a mask from elsewhere': (x, y) => tf.where(tf.ones(x.shape, 'bool').logicalNot(), x, y),
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
  'logarithms of sums of one pixel': (x) => x.slice(0, [2, 1, 1, 32]).logSumExp([0, 1]),
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
  'left and right swapped': (x) => tf.image.flipLeftRight(x),
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

/** Operations that have gradients, for images [2, 4, 6, 32] of numbers between -1 and 1. */
export const differentiable: Readonly<Record<string, Images>> = {
  add: (x, y) => tf.add(x, y),
  'sub of a scalar': (x) => tf.sub(x, 0.5),
  'mul by channels': (x) => tf.mul(x, tf.linspace(-1, 1, 32)),
  'mul by pixels': (x) => tf.mul(x, tf.reshape(tf.linspace(-1, 1, 24), [4, 6, 1])),
  'div by another axis': (x, y) => tf.div(x, tf.add(tf.mean(tf.abs(y), 1, true), 1)),
  maximum: (x, y) => tf.maximum(x, y),
  squaredDifference: (x, y) => tf.squaredDifference(x, y),
  where: (x, y) => tf.where(tf.greater(filter([2, 4, 6, 32], 3), 0), x, y),
  exp: (x) => tf.exp(x),
  relu: (x) => tf.relu(x),
  leakyRelu: (x) => tf.leakyRelu(x),
  elu: (x) => tf.elu(x),
  prelu: (x) => tf.prelu(x, filter([1, 1, 1, 32], 3)),
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
  conv2d: (x) => tf.conv2d(x, filter([3, 3, 32, 16], 3), 1, 'same'),
  'conv2d with strides': (x) => tf.conv2d(x, filter([3, 3, 32, 5], 4), 2, 'same'),
  depthwiseConv2d: (x) => tf.depthwiseConv2d(x, filter([3, 3, 32, 1], 5), 1, 'same'),
  'fused depthwiseConv2d': (x) =>
    tf.fused.depthwiseConv2d({
      x,
      filter: filter([3, 3, 32, 1], 5),
      strides: 1,
      pad: 'same',
      bias: tf.linspace(-1, 1, 32),
      activation: 'relu',
    }),
  conv2dTranspose: (x) => tf.conv2dTranspose(x, filter([2, 2, 8, 32], 6), [2, 8, 12, 8], 2, 'same'),
};

function filter(shape: number[], seed: number): tf.Tensor4D {
  const tensor: tf.Tensor = tf.tensor(numbers(shape, seed), shape);
  return tensor as tf.Tensor4D;
}
