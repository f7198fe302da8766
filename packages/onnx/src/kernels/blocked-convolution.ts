import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { blockedDomain } from '../graph/recorder.ts';
import { type Attributes, blockOf, type Layout, type Value } from '../graph/value.ts';
import { blockedOperator } from './blocked-operator.ts';
import { type Conv2DInfo, image, imageOf, windowOf } from './images.ts';
import { floats, view } from './views.ts';
import { filledBlocks, wholeBlocks } from './whole-blocks.ts';

/**
 * The convolution on blocked images, ONNX Runtime's fastest.
 *
 * It uses these kernels for convolutions with constant weights only; the operators are the same for weights that change,
 * once those are in the kernels' order, [O/b][I/b][height][width][b of I][b of O].
 *
 * @returns undefined where channels do not fill blocks.
 */
export function convolveBlocked(
  backend: OnnxBackend,
  info: Conv2DInfo,
  x: TensorInfo,
  filter: TensorInfo,
  bias?: Value,
  relu = false,
): Value | undefined {
  const { recorder } = backend;
  const { inChannels: i, outChannels: o, filterHeight: h, filterWidth: w } = info;
  const layout = backend.layoutFor(o);
  const block = blockOf(layout);
  if (block === 0 || (i > block && i % block !== 0)) return undefined;
  const plain = backend.valueIn(filter, 'plain');
  // Fewer channels than a block, as a first layer has, are read from an image with its channels apart.
  const few = i < block;
  const weights = recorder.form(plain, `blocked ${layout}`, () =>
    few
      ? reorder(backend, plain, [h, w, i, o / block, block], [3, 2, 0, 1, 4], [o, i, h, w])
      : reorder(backend, plain, [h, w, i / block, block, o / block, block], [4, 2, 0, 1, 3, 5], [o, i, h, w]),
  );
  const images = few ? imageOf(backend, x) : recorder.asChannels(backend.valueIn(x, layout));
  const operands = bias === undefined ? [images, weights] : [images, weights, bias];
  const attributes = { ...windowOf(info), ...(relu && { activation: 'Relu' }) };
  return blockedConv(backend, operands, attributes, { shape: info.outShape, layout });
}

/**
 * The gradient by the image: the gradients convolved with the filter turned by 180°, or, where windows lie side by side, a
 * convolution of single pixels that gives each its window.
 */
export function inputGradientBlocked(
  backend: OnnxBackend,
  info: Conv2DInfo,
  dy: TensorInfo,
  filter: TensorInfo,
): Value | undefined {
  const { inChannels: i, outChannels: o, filterHeight: h, filterWidth: w } = info;
  const layout = backend.blockedLayout;
  if (layout === undefined || info.dilationHeight > 1 || info.dilationWidth > 1) return undefined;
  const block = blockOf(layout);
  const filled = wholeBlocks(o, block);
  if (filled === undefined) return undefined;
  const { recorder } = backend;
  const plain = backend.valueIn(filter, 'plain');
  const { strides, pads } = windowOf(info);
  const turned = pads.map((size, side) => (side % 2 === 0 ? h : w) - 1 - size);
  if (strides.every((stride) => stride === 1) && turned.every((size) => size >= 0)) {
    // A first layer's few channels are made a whole block, and cut again.
    const channels = Math.ceil(i / block) * block;
    const weights = recorder.form(plain, `turned ${layout}`, () =>
      reorder(
        backend,
        turn(backend, recorder.reshape(widen(backend, plain, channels, filled), [h * w, channels * filled])),
        [h, w, channels / block, block, filled / block, block],
        [2, 4, 0, 1, 5, 3],
        [channels, filled, h, w],
      ),
    );
    const window = { kernel_shape: [h, w], strides, pads: turned };
    const gradients = filledBlocks(backend, dy, layout);
    const output = { shape: info.inShape.with(3, channels), layout };
    const wide = blockedConv(backend, [gradients, weights], window, output);
    if (channels === i) return wide;
    return recorder.op(
      'ReorderOutput',
      [recorder.asChannels(wide)],
      { channels: i, channels_last: 0 },
      image(info.inShape),
      blockedDomain,
    );
  }
  if (i % block !== 0 || o !== filled) return undefined;
  const { batchSize: n, inHeight, inWidth, outHeight, outWidth } = info;
  const apart =
    strides[0] === h && strides[1] === w && outHeight * h === inHeight && outWidth * w === inWidth;
  if (!apart) return undefined;
  const weights = recorder.form(plain, `apart ${layout}`, () =>
    reorder(
      backend,
      plain,
      [h, w, i / block, block, o / block, block],
      [0, 1, 2, 4, 5, 3],
      [h * w * i, o, 1, 1],
    ),
  );
  const gradients = recorder.asChannels(backend.valueIn(dy, layout));
  const windows = recorder.op(
    'Conv',
    [gradients, weights],
    { auto_pad: 'NOTSET', group: 1, kernel_shape: [1, 1] },
    floats([n, h * w * i, outHeight, outWidth]),
    blockedDomain,
  );
  return reorder(
    backend,
    windows,
    [n, h, w, i / block, outHeight, outWidth, block],
    [0, 3, 4, 1, 5, 2, 6],
    [n, i / block, inHeight, inWidth, block],
    { shape: info.inShape, layout },
  );
}

/** A filter [height, width, in, out] with further channels, all zeros. */
function widen({ recorder }: OnnxBackend, filter: Value, inputs: number, outputs: number): Value {
  const [h, w, i, o] = filter.shape as [number, number, number, number];
  if (inputs === i && outputs === o) return filter;
  const pads = recorder.indices([0, 0, 0, 0, 0, 0, inputs - i, outputs - o]);
  return recorder.op('Pad', [filter, pads], {}, floats([h, w, inputs, outputs]));
}

/** Records the blocked operator on an image that is told as [N, C, H, W]. */
export function blockedConv(
  backend: OnnxBackend,
  operands: readonly (Value | undefined)[],
  attributes: Attributes,
  output: { readonly shape: readonly number[]; readonly layout: Layout },
): Value {
  return blockedOperator(backend, 'Conv', operands, { auto_pad: 'NOTSET', group: 1, ...attributes }, output);
}

/** The rows of a matrix, last first: a filter [height · width, channels] turned by 180°. */
export function turn({ recorder }: OnnxBackend, rows: Value): Value {
  const slice = [-1, -rows.shape[0]! - 1, 0, -1].map((number) => recorder.indices([number]));
  return recorder.op('Slice', [rows, ...slice], {}, floats(rows.shape));
}

/** Splits axes of floats, puts them into another order, and joins them again. */
export function reorder(
  { recorder }: OnnxBackend,
  value: Value,
  split: readonly number[],
  perm: readonly number[],
  joined: readonly number[],
  image?: { readonly shape: readonly number[]; readonly layout: Layout },
): Value {
  const parts = view(recorder, value, split);
  const ordered = recorder.op('Transpose', [parts], { perm }, floats(perm.map((axis) => split[axis]!)));
  return recorder.op('Reshape', [ordered, recorder.indices(joined)], {}, { ...floats(joined), ...image });
}
