import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { sameShape } from '../graph/recorder.ts';
import { blockOf, type Value } from '../graph/value.ts';
import { activate, canActivate } from './activations.ts';
import { blockedConv, reorder, turn } from './blocked-convolution.ts';
import { handOver } from './dilation.ts';
import { filterGradient, inputGradient } from './grouped-convolution.ts';
import {
  type Conv2DInfo,
  type ConvAttributes,
  conv2DInfo,
  image,
  imageOf,
  sizesOf,
  windowOf,
} from './images.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';

/** Convolution of each channel with filters of its own, and its gradients by the image and by the filter. */
export const depthwiseConvolutions: readonly RecordedKernel[] = [
  recorded<ConvAttributes>('DepthwiseConv2dNative', ({ inputs, attrs, backend }) => {
    const { x, filter } = inputs as Readonly<Record<'x' | 'filter', TensorInfo>>;
    const info = conv2DInfo(x.shape, filter.shape, attrs, true);
    return info && backend.tensorOf(convolve(backend, info, x, filter));
  }),
  recorded<ConvAttributes & { activation?: string; leakyreluAlpha?: number }>(
    'FusedDepthwiseConv2D',
    ({ inputs, attrs, backend }) => {
      const { x, filter, bias } = inputs as Readonly<Record<'x' | 'filter', TensorInfo>> & {
        readonly bias?: TensorInfo | null;
      };
      const { activation, leakyreluAlpha } = attrs;
      const info = conv2DInfo(x.shape, filter.shape, attrs, true);
      const fits = info && (bias == null || sameShape(bias.shape, [info.outChannels]));
      if (!fits || !canActivate(activation)) return undefined;
      const value = convolve(backend, info, x, filter, bias ? backend.valueIn(bias, 'plain') : undefined);
      return backend.tensorOf(activate(backend, value, activation, leakyreluAlpha)!);
    },
  ),
  recorded<ConvAttributes & { inputShape: number[] }>(
    'DepthwiseConv2dNativeBackpropInput',
    ({ inputs, attrs, backend }) => {
      const { dy, filter } = inputs as Readonly<Record<'dy' | 'filter', TensorInfo>>;
      const info = conv2DInfo(attrs.inputShape, filter.shape, attrs, true);
      if (info === undefined || !sameShape(dy.shape, info.outShape)) {
        return handOver('DepthwiseConv2dNativeBackpropInput', attrs.dilations);
      }
      const value =
        inputGradientBlocked(backend, info, dy, filter) ??
        inputGradient(
          backend.recorder,
          sizesOf(info, info.inChannels),
          imageOf(backend, dy),
          weightsOf(backend, filter),
          image(info.inShape),
        );
      return backend.tensorOf(value);
    },
  ),
  recorded<ConvAttributes & { filterShape: number[] }>(
    'DepthwiseConv2dNativeBackpropFilter',
    ({ inputs, attrs, backend }) => {
      const { x, dy } = inputs as Readonly<Record<'x' | 'dy', TensorInfo>>;
      const info = conv2DInfo(x.shape, attrs.filterShape, attrs, true);
      if (info === undefined || !sameShape(dy.shape, info.outShape)) {
        return handOver('DepthwiseConv2dNativeBackpropFilter', attrs.dilations);
      }
      const { recorder } = backend;
      const sizes = sizesOf(info, info.inChannels);
      const found = filterGradient(recorder, sizes, imageOf(backend, x), imageOf(backend, dy));
      return backend.tensorOf(recorder.transpose(found, [2, 3, 0, 1]));
    },
  ),
];

function convolve(
  backend: OnnxBackend,
  info: Conv2DInfo,
  x: TensorInfo,
  filter: TensorInfo,
  bias?: Value,
): Value {
  const operands = bias === undefined ? [] : [bias];
  const window = windowOf(info);
  const weights = blockedWeightsOf(backend, info, filter, false);
  if (weights) {
    const layout = backend.layoutFor(info.outChannels);
    const images = backend.recorder.asChannels(backend.valueIn(x, layout));
    const attributes = { ...window, group: info.inChannels };
    return blockedConv(backend, [images, weights, ...operands], attributes, { shape: info.outShape, layout });
  }
  return backend.recorder.op(
    'Conv',
    [imageOf(backend, x), weightsOf(backend, filter), ...operands],
    { ...window, group: info.inChannels },
    image(info.outShape),
  );
}

/** The gradients convolved with the filters turned by 180°; undefined where windows are not one pixel apart. */
function inputGradientBlocked(
  backend: OnnxBackend,
  info: Conv2DInfo,
  dy: TensorInfo,
  filter: TensorInfo,
): Value | undefined {
  const { kernel_shape, strides, dilations, pads } = windowOf(info);
  const turned = pads.map((size, side) => (kernel_shape[side % 2]! - 1) * dilations[side % 2]! - size);
  if (strides.some((stride) => stride > 1) || turned.some((size) => size < 0)) return undefined;
  const weights = blockedWeightsOf(backend, info, filter, true);
  if (weights === undefined) return undefined;
  const layout = backend.layoutFor(info.inChannels);
  const gradients = backend.recorder.asChannels(backend.valueIn(dy, layout));
  const attributes = { kernel_shape, strides, dilations, pads: turned, group: info.inChannels };
  return blockedConv(backend, [gradients, weights], attributes, { shape: info.inShape, layout });
}

/** The filter from tfjs' [height, width, in, filters of each] to ONNX's [in · filters of each, 1, height, width]. */
function weightsOf(backend: OnnxBackend, filter: TensorInfo): Value {
  const { recorder } = backend;
  const [h, w, channels, each] = filter.shape as [number, number, number, number];
  const weights = recorder.transpose(backend.valueIn(filter, 'plain'), [2, 3, 0, 1]);
  return recorder.reshape(weights, [channels * each, 1, h, w]);
}

/** The filter in the order of the blocked kernels, [in / b][height][width][b]; undefined where channels do not fill blocks. */
function blockedWeightsOf(
  backend: OnnxBackend,
  info: Conv2DInfo,
  filter: TensorInfo,
  turned: boolean,
): Value | undefined {
  const { inChannels: c, outChannels, filterHeight: h, filterWidth: w } = info;
  const layout = backend.layoutFor(c);
  const block = blockOf(layout);
  if (block === 0 || c !== outChannels) return undefined;
  const { recorder } = backend;
  const plain = backend.valueIn(filter, 'plain');
  return recorder.form(plain, `${turned ? 'turned' : 'depthwise'} ${layout}`, () => {
    const given = turned ? turn(backend, recorder.reshape(plain, [h * w, c])) : plain;
    return reorder(backend, given, [h, w, c / block, block], [2, 0, 1, 3], [c, 1, h, w]);
  });
}
