import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { sameShape } from '../graph/recorder.ts';
import type { Value } from '../graph/value.ts';
import { activate, canActivate } from './activations.ts';
import { convolveBlocked, inputGradientBlocked } from './blocked-convolution.ts';
import { filterGradientBlocked } from './blocked-filter-gradient.ts';
import { handOver } from './dilation.ts';
import { filterGradient, inputGradient } from './grouped-convolution.ts';
import {
  type Conv2DInfo,
  type ConvAttributes,
  conv2DInfo,
  filterOrder,
  image,
  imageOf,
  sizesOf,
  windowOf,
} from './images.ts';
import { convolvePoints, filterGradientOfPoints, inputGradientOfPoints } from './pointwise-convolution.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';

/** Convolution over images, and its gradients by the image and by the filter. */
export const convolutions: readonly RecordedKernel[] = [
  recorded<ConvAttributes>('Conv2D', ({ inputs, attrs, backend }) => {
    const { x, filter } = inputs as Readonly<Record<'x' | 'filter', TensorInfo>>;
    const info = conv2DInfo(x.shape, filter.shape, attrs);
    if (info === undefined) return undefined;
    const value =
      convolveBlocked(backend, info, x, filter) ??
      convolvePoints(backend, info, x, filter) ??
      convolve(backend, info, x, filter);
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
      const value =
        blocked ??
        convolvePoints(backend, info, x, filter, offset) ??
        convolve(backend, info, x, filter, offset);
      return backend.tensorOf(activate(backend, value, activation, leakyreluAlpha)!);
    },
  ),
  recorded<ConvAttributes & { inputShape: number[] }>('Conv2DBackpropInput', ({ inputs, attrs, backend }) => {
    const { dy, filter } = inputs as Readonly<Record<'dy' | 'filter', TensorInfo>>;
    const info = conv2DInfo(attrs.inputShape, filter.shape, attrs);
    // tfjs takes gradients of another size than the convolution's result, and cuts them.
    if (info === undefined || !sameShape(dy.shape, info.outShape)) {
      return handOver('Conv2DBackpropInput', attrs.dilations);
    }
    const value =
      inputGradientBlocked(backend, info, dy, filter) ??
      inputGradientOfPoints(backend, info, dy, filter) ??
      inputGradient(
        backend.recorder,
        sizesOf(info, 1),
        imageOf(backend, dy),
        backend.recorder.transpose(backend.valueIn(filter, 'plain'), filterOrder),
        image(info.inShape),
      );
    return backend.tensorOf(value);
  }),
  recorded<ConvAttributes & { filterShape: number[] }>(
    'Conv2DBackpropFilter',
    ({ inputs, attrs, backend }) => {
      const { x, dy } = inputs as Readonly<Record<'x' | 'dy', TensorInfo>>;
      const info = conv2DInfo(x.shape, attrs.filterShape, attrs);
      if (info === undefined || !sameShape(dy.shape, info.outShape)) {
        return handOver('Conv2DBackpropFilter', attrs.dilations);
      }
      const fast =
        filterGradientBlocked(backend, info, x, dy) ?? filterGradientOfPoints(backend, info, x, dy);
      if (fast) return backend.tensorOf(fast);
      const { recorder } = backend;
      const found = filterGradient(recorder, sizesOf(info, 1), imageOf(backend, x), imageOf(backend, dy));
      return backend.tensorOf(recorder.transpose(found, [2, 3, 0, 1]));
    },
  ),
];

/** Records a convolution, with a bias of one number a channel if there is one. */
function convolve(
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
