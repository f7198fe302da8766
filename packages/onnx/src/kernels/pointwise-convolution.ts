import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import type { Value } from '../graph/value.ts';
import { type Conv2DInfo, windowOf } from './images.ts';
import { floats } from './views.ts';

/*
 * Convolutions of single pixels are products of matrices, [pixels, channels] in tfjs' own order. Where blocked kernels run
 * and the channels do not fill a block, as in a last layer, this is faster than a convolution on channels taken apart.
 */

/** The convolution of single pixels; undefined where it is no such, or a blocked kernel's work. */
export function convolvePoints(
  backend: OnnxBackend,
  info: Conv2DInfo,
  x: TensorInfo,
  filter: TensorInfo,
  bias?: Value,
): Value | undefined {
  if (!isPointwise(backend, info)) return undefined;
  const { recorder } = backend;
  const { inChannels, outChannels } = info;
  const pixels = recorder.reshape(backend.value(x), [pixelsOf(info), inChannels]);
  const weights = recorder.reshape(backend.value(filter), [inChannels, outChannels]);
  const output = floats([pixelsOf(info), outChannels]);
  const product = recorder.op('MatMul', [pixels, weights], {}, output);
  const result = bias === undefined ? product : recorder.op('Add', [product, bias], {}, output);
  return recorder.reshape(result, info.outShape);
}

/** Its gradient by the image. */
export function inputGradientOfPoints(
  backend: OnnxBackend,
  info: Conv2DInfo,
  dy: TensorInfo,
  filter: TensorInfo,
): Value | undefined {
  if (!isPointwise(backend, info)) return undefined;
  const { recorder } = backend;
  const { inChannels, outChannels } = info;
  const gradients = recorder.reshape(backend.value(dy), [pixelsOf(info), outChannels]);
  const weights = recorder.reshape(backend.value(filter), [inChannels, outChannels]);
  const operands = [gradients, recorder.transpose(weights, [1, 0])];
  return recorder.reshape(
    recorder.op('MatMul', operands, {}, floats([pixelsOf(info), inChannels])),
    info.inShape,
  );
}

/** Its gradient by the filter. */
export function filterGradientOfPoints(
  backend: OnnxBackend,
  info: Conv2DInfo,
  x: TensorInfo,
  dy: TensorInfo,
): Value | undefined {
  if (!isPointwise(backend, info)) return undefined;
  const { recorder } = backend;
  const { inChannels, outChannels } = info;
  const pixels = recorder.reshape(backend.value(x), [pixelsOf(info), inChannels]);
  const gradients = recorder.reshape(backend.value(dy), [pixelsOf(info), outChannels]);
  // Of one channel, [pixels, 1] is [1, pixels], and no matrix has to be turned.
  const product =
    outChannels === 1
      ? recorder.op(
          'MatMul',
          [recorder.reshape(gradients, [1, pixelsOf(info)]), pixels],
          {},
          floats([1, inChannels]),
        )
      : recorder.op('Gemm', [pixels, gradients], { transA: 1 }, floats([inChannels, outChannels]));
  return recorder.reshape(product, [1, 1, inChannels, outChannels]);
}

function isPointwise(backend: OnnxBackend, info: Conv2DInfo): boolean {
  const { kernel_shape, strides, pads } = windowOf(info);
  const single =
    [...kernel_shape, ...strides].every((size) => size === 1) && pads.every((size) => size === 0);
  return single && backend.block > 0;
}

function pixelsOf({ batchSize, inHeight, inWidth }: Conv2DInfo): number {
  return batchSize * inHeight * inWidth;
}
