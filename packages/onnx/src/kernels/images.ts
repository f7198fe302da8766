import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import type { OutputSpec } from '../graph/recorder.ts';
import type { Value } from '../graph/value.ts';

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
  return backend_util.computeConv2DInfo(
    xShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations,
    pad as 'same',
    dimRoundingMode,
    depthwise,
    'channelsLast',
  );
}

export type { ConvAttributes };
