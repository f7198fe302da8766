import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import type { OutputSpec } from '../graph/recorder.ts';
import type { Value } from '../graph/value.ts';
import type { ConvolutionSizes } from './grouped-convolution.ts';

/** What tfjs-core works out from the attributes of a convolution or a pooling. */
export type Conv2DInfo = backend_util.Conv2DInfo;

/** What convolutions and pools over images have in common, as ONNX names it. */
export interface Window {
  readonly kernel_shape: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Top, left, bottom, right. */
  readonly pads: readonly number[];
}

export function windowOf(info: Conv2DInfo): Window {
  const { top, left, bottom, right } = info.padInfo;
  return {
    kernel_shape: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: [top, left, bottom, right],
  };
}

/** The sizes of a convolution, channels first. */
export function sizesOf(info: Conv2DInfo, group: number): ConvolutionSizes {
  const { batchSize, inChannels, outChannels } = info;
  return {
    ...{ batchSize, inChannels, outChannels, group },
    inSize: [info.inHeight, info.inWidth],
    outSize: [info.outHeight, info.outWidth],
    window: windowOf(info),
  };
}

/** An image tensor with its channels apart. */
export function imageOf(backend: OnnxBackend, tensor: TensorInfo): Value {
  return backend.valueIn(tensor, 'nchw');
}

/** What a node gives whose output is an image; `shape` as tfjs tells it. */
export function image(shape: readonly number[]): OutputSpec {
  return { type: 'float32', shape, layout: 'nchw' };
}

/** A filter's axes from tfjs' [height, width, in, out] to ONNX's [out, in, height, width]. */
export const filterOrder: readonly number[] = [3, 2, 0, 1];

interface ConvAttributes {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  readonly dataFormat: 'NHWC' | 'NCHW';
  readonly dilations?: number | [number, number];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** The sizes of a convolution; undefined for NCHW tensors, which the cpu backend refuses as well. */
export function conv2DInfo(
  xShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad, dataFormat, dilations = 1, dimRoundingMode }: ConvAttributes,
  depthwise = false,
): Conv2DInfo | undefined {
  if (dataFormat === 'NCHW') return undefined;
  return withExactPads(
    backend_util.computeConv2DInfo(
      xShape as [number, number, number, number],
      filterShape as [number, number, number, number],
      strides,
      dilations ?? 1,
      pad as 'same',
      dimRoundingMode,
      depthwise,
      'channelsLast',
    ),
  );
}

/**
 * Pads with which ONNX comes to the same sizes; undefined if none do.
 *
 * tfjs' sizes may be rounded up, and numbers as pads count by the filter's height alone, without dilation.
 */
export function withExactPads(info: Conv2DInfo): Conv2DInfo | undefined {
  const { top, left, bottom, right } = info.padInfo;
  const below = padAfter(
    info.inHeight,
    info.outHeight,
    info.strideHeight,
    info.effectiveFilterHeight,
    top,
    bottom,
  );
  const beside = padAfter(
    info.inWidth,
    info.outWidth,
    info.strideWidth,
    info.effectiveFilterWidth,
    left,
    right,
  );
  if (below === undefined || beside === undefined) return undefined;
  return { ...info, padInfo: { ...info.padInfo, bottom: below, right: beside } };
}

/** The padding after the last pixel for a number of windows: that given if it fits; undefined if some would be too many. */
export function padAfter(
  size: number,
  windows: number,
  stride: number,
  extent: number,
  before: number,
  given: number,
): number | undefined {
  const fits = Math.floor((size + before + given - extent) / stride) + 1 === windows;
  if (fits && before >= 0 && given >= 0) return given;
  const needed = (windows - 1) * stride + extent - size - before;
  return before >= 0 && needed > -stride ? Math.max(0, needed) : undefined;
}

export type { ConvAttributes };
