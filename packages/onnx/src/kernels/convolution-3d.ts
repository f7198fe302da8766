import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { sameShape } from '../graph/recorder.ts';
import type { Value } from '../graph/value.ts';
import { handOver } from './dilation.ts';
import { type ConvolutionSizes, filterGradient, inputGradient } from './grouped-convolution.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';
import { channelsLast, type VolumeAttributes, volume, volumeOf, volumeSizes } from './volumes.ts';

/** Convolution over volumes [N, D, H, W, C], and its gradients by the volume and by the filter. */
export const convolutions3D: readonly RecordedKernel[] = [
  recorded<VolumeAttributes>('Conv3D', ({ inputs, attrs, backend }) => {
    const { x, filter } = inputs as Readonly<Record<'x' | 'filter', TensorInfo>>;
    const sizes = volumeSizes(x.shape, filter.shape, attrs);
    if (sizes === undefined) return undefined;
    const { recorder } = backend;
    const value = recorder.op(
      'Conv',
      [volumeOf(backend, x), weightsOf(backend, filter)],
      { ...sizes.window },
      volume(sizes.batchSize, sizes.outChannels, sizes.outSize),
    );
    return backend.tensorOf(channelsLast(recorder, value));
  }),
  recorded<VolumeAttributes & { inputShape: number[] }>(
    'Conv3DBackpropInputV2',
    ({ inputs, attrs, backend }) => {
      const { dy, filter } = inputs as Readonly<Record<'dy' | 'filter', TensorInfo>>;
      const sizes = volumeSizes(attrs.inputShape, filter.shape, attrs);
      if (!fits(sizes, dy)) return handOver('Conv3DBackpropInputV2', attrs.dilations);
      const { recorder } = backend;
      const output = volume(sizes.batchSize, sizes.inChannels, sizes.inSize);
      const weights = weightsOf(backend, filter);
      const value = inputGradient(recorder, sizes, volumeOf(backend, dy), weights, output);
      return backend.tensorOf(channelsLast(recorder, value));
    },
  ),
  recorded<VolumeAttributes & { filterShape: number[] }>(
    'Conv3DBackpropFilterV2',
    ({ inputs, attrs, backend }) => {
      const { x, dy } = inputs as Readonly<Record<'x' | 'dy', TensorInfo>>;
      const sizes = volumeSizes(x.shape, attrs.filterShape, attrs);
      if (!fits(sizes, dy)) return handOver('Conv3DBackpropFilterV2', attrs.dilations);
      const { recorder } = backend;
      const found = filterGradient(recorder, sizes, volumeOf(backend, x), volumeOf(backend, dy));
      return backend.tensorOf(recorder.transpose(found, [2, 3, 4, 0, 1]));
    },
  ),
];

/** tfjs takes gradients of another size than the convolution's result, and cuts them. */
function fits(sizes: ConvolutionSizes | undefined, dy: TensorInfo): sizes is ConvolutionSizes {
  return sizes !== undefined && sameShape(dy.shape, [sizes.batchSize, ...sizes.outSize, sizes.outChannels]);
}

/** The filter from tfjs' [depth, height, width, in, out] to ONNX's [out, in, depth, height, width]. */
function weightsOf(backend: OnnxBackend, filter: TensorInfo): Value {
  return backend.recorder.transpose(backend.value(filter), [4, 3, 0, 1, 2]);
}
