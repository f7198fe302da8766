import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { sameShape } from '../graph/recorder.ts';
import type { Value } from '../graph/value.ts';
import { activate, canActivate } from './activations.ts';
import { convolveBlocked, inputGradientBlocked } from './blocked-convolution.ts';
import { filterGradientBlocked } from './blocked-filter-gradient.ts';
import {
  type Conv2DInfo,
  type ConvAttributes,
  conv2DInfo,
  filterOrder,
  image,
  imageOf,
  windowOf,
} from './images.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';

/** Convolution over images, and its gradients by the image and by the filter. */
export const convolutions: readonly RecordedKernel[] = [
  recorded<ConvAttributes>('Conv2D', ({ inputs, attrs, backend }) => {
    const { x, filter } = inputs as Readonly<Record<'x' | 'filter', TensorInfo>>;
    const info = conv2DInfo(x.shape, filter.shape, attrs);
    if (info === undefined) return undefined;
    const value = convolveBlocked(backend, info, x, filter) ?? convolve(backend, info, x, filter);
    return backend.tensorOf(value);
  }),
  recorded<ConvAttributes & { activation?: string; leakyreluAlpha?: number }>(
    'FusedConv2D',
    ({ inputs, attrs, backend }) => {
      const { x, filter } = inputs as Readonly<Record<'x' | 'filter', TensorInfo>>;
      const info = conv2DInfo(x.shape, filter.shape, attrs);
      const { bias } = inputs;
      const { activation, leakyreluAlpha } = attrs;
      const fits = bias == null || sameShape(bias.shape, [filter.shape[3]!]);
      if (info === undefined || !fits || !canActivate(activation)) return undefined;
      const offset = bias == null ? undefined : backend.valueIn(bias, 'plain');
      const blocked = convolveBlocked(backend, info, x, filter, offset, activation === 'relu');
      if (blocked && activation === 'relu') return backend.tensorOf(blocked);
      const value = blocked ?? convolve(backend, info, x, filter, offset);
      return backend.tensorOf(activate(backend, value, activation, leakyreluAlpha)!);
    },
  ),
  recorded<ConvAttributes & { inputShape: number[] }>('Conv2DBackpropInput', ({ inputs, attrs, backend }) => {
    const { dy, filter } = inputs as Readonly<Record<'dy' | 'filter', TensorInfo>>;
    const info = conv2DInfo(attrs.inputShape, filter.shape, attrs);
    // tfjs takes gradients of another size than the convolution's result, and cuts them.
    if (info === undefined || !sameShape(dy.shape, info.outShape)) return undefined;
    const value = inputGradientBlocked(backend, info, dy, filter) ?? inputGradient(backend, info, dy, filter);
    return backend.tensorOf(value);
  }),
  recorded<ConvAttributes & { filterShape: number[] }>(
    'Conv2DBackpropFilter',
    ({ inputs, attrs, backend }) => {
      const { x, dy } = inputs as Readonly<Record<'x' | 'dy', TensorInfo>>;
      const info = conv2DInfo(x.shape, attrs.filterShape, attrs);
      if (info === undefined) return undefined;
      const value = filterGradientBlocked(backend, info, x, dy) ?? filterGradient(backend, info, x, dy);
      return backend.tensorOf(value);
    },
  ),
];

/** Records a convolution, with a bias of one number a channel if there is one. */
export function convolve(
  backend: OnnxBackend,
  info: Conv2DInfo,
  x: TensorInfo,
  filter: TensorInfo,
  bias?: Value,
): Value {
  const { recorder } = backend;
  const weights = recorder.transpose(backend.valueIn(filter, 'plain'), filterOrder);
  const operands = bias === undefined ? [] : [bias];
  return recorder.op(
    'Conv',
    [imageOf(backend, x), weights, ...operands],
    { ...windowOf(info) },
    image(info.outShape),
  );
}

/** The transposed convolution: every output pixel's gradient spread over its window. */
function inputGradient(backend: OnnxBackend, info: Conv2DInfo, dy: TensorInfo, filter: TensorInfo): Value {
  const { recorder } = backend;
  // ONNX names the channels of a transposed convolution's input first: those are the filter's outputs.
  const weights = recorder.transpose(backend.valueIn(filter, 'plain'), filterOrder);
  const window = windowOf(info);
  const reach = (axis: 0 | 1): number => {
    const out = axis === 0 ? info.outHeight : info.outWidth;
    const extent = (window.kernel_shape[axis]! - 1) * window.dilations[axis]! + 1;
    return (out - 1) * window.strides[axis]! + extent - window.pads[axis]! - window.pads[axis + 2]!;
  };
  const output_padding = [info.inHeight - reach(0), info.inWidth - reach(1)];
  return recorder.op(
    'ConvTranspose',
    [imageOf(backend, dy), weights],
    { ...window, output_padding },
    image(info.inShape),
  );
}

/** A convolution in which images and channels change roles: the gradients are the filter. */
function filterGradient(backend: OnnxBackend, info: Conv2DInfo, x: TensorInfo, dy: TensorInfo): Value {
  const { recorder } = backend;
  const window = windowOf(info);
  const [height, width] = window.kernel_shape as [number, number];
  const swap = (value: Value, sizes: readonly number[]): Value =>
    recorder.op('Transpose', [value], { perm: [1, 0, 2, 3] }, { type: 'float32', shape: sizes });
  const { batchSize, inChannels, outChannels, outHeight, outWidth } = info;
  const images = swap(imageOf(backend, x), [inChannels, batchSize, info.inHeight, info.inWidth]);
  const gradients = swap(imageOf(backend, dy), [outChannels, batchSize, outHeight, outWidth]);
  const reach = (axis: 0 | 1): number => {
    const size = axis === 0 ? info.inHeight : info.inWidth;
    const out = axis === 0 ? outHeight : outWidth;
    const left = size + window.pads[axis]! + window.pads[axis + 2]! - ((out - 1) * window.strides[axis]! + 1);
    return Math.floor(left / window.dilations[axis]!) + 1;
  };
  const reached: [number, number] = [reach(0), reach(1)];
  const found = recorder.op(
    'Conv',
    [images, gradients],
    {
      kernel_shape: [outHeight, outWidth],
      strides: window.dilations,
      dilations: window.strides,
      pads: window.pads,
    },
    { type: 'float32', shape: [inChannels, outChannels, ...reached] },
  );
  const cut =
    reached[0] === height && reached[1] === width
      ? found
      : recorder.op(
          'Slice',
          [found, recorder.indices([0, 0]), recorder.indices([height, width]), recorder.indices([2, 3])],
          {},
          { type: 'float32', shape: [inChannels, outChannels, height, width] },
        );
  return recorder.transpose(cut, [2, 3, 0, 1]);
}
