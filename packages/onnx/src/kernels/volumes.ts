import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import type { OutputSpec, Recorder } from '../graph/recorder.ts';
import type { Value } from '../graph/value.ts';
import type { ConvolutionSizes } from './grouped-convolution.ts';
import { padAfter } from './images.ts';

type Triple = number | [number, number, number];
type Sizes5D = [number, number, number, number, number];

interface VolumeAttributes {
  readonly strides: Triple;
  readonly pad: 'valid' | 'same' | number;
  readonly dilations?: Triple;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** The sizes of a convolution or a pooling over volumes [N, D, H, W, C]; undefined for pads that ONNX does not have. */
export function volumeSizes(
  xShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad, dilations, dimRoundingMode }: VolumeAttributes,
): ConvolutionSizes | undefined {
  const info = backend_util.computeConv3DInfo(
    xShape as Sizes5D,
    filterShape as Sizes5D,
    strides,
    dilations ?? 1,
    pad,
    false,
    'channelsLast',
    dimRoundingMode,
  );
  const { batchSize, inChannels, outChannels, padInfo } = info;
  const inSize = [info.inDepth, info.inHeight, info.inWidth];
  const outSize = [info.outDepth, info.outHeight, info.outWidth];
  const strideSizes = [info.strideDepth, info.strideHeight, info.strideWidth];
  const extents = [info.effectiveFilterDepth, info.effectiveFilterHeight, info.effectiveFilterWidth];
  const before = [padInfo.front, padInfo.top, padInfo.left];
  const given = [padInfo.back, padInfo.bottom, padInfo.right];
  const after = inSize.map((size, axis) =>
    padAfter(size, outSize[axis]!, strideSizes[axis]!, extents[axis]!, before[axis]!, given[axis]!),
  );
  if (after.includes(undefined)) return undefined;
  return {
    ...{ batchSize, inChannels, outChannels, inSize, outSize, group: 1 },
    window: {
      kernel_shape: [info.filterDepth, info.filterHeight, info.filterWidth],
      strides: strideSizes,
      dilations: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
      pads: [...before, ...(after as number[])],
    },
  };
}

/** A volume tensor as [N, C, D, H, W]. */
export function volumeOf(backend: OnnxBackend, tensor: TensorInfo): Value {
  return backend.recorder.transpose(backend.value(tensor), channelsFirst);
}

/** What a node gives that computes a volume [N, C, D, H, W]. */
export function volume(batchSize: number, channels: number, size: readonly number[]): OutputSpec {
  return { type: 'float32', shape: [batchSize, channels, ...size] };
}

/** A volume [N, C, D, H, W] as tfjs tells it; asked for its channels first, it is the one given. */
export function channelsLast(recorder: Recorder, value: Value): Value {
  const last = recorder.transpose(value, [0, 2, 3, 4, 1]);
  last.forms ??= new Map();
  last.forms.set(`perm ${channelsFirst}`, value);
  return last;
}

const channelsFirst: readonly number[] = [0, 4, 1, 2, 3];

export type { Triple, VolumeAttributes };
