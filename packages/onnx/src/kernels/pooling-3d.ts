import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ConvolutionSizes } from './grouped-convolution.ts';
import { routeToMaxima } from './max-pool-apart.ts';
import { areApart, isInside } from './pooling.ts';
import { averagePoolGradient, maxPoolGradient } from './pooling-gradients.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';
import {
  channelsLast,
  type Triple,
  type VolumeAttributes,
  volume,
  volumeOf,
  volumeSizes,
} from './volumes.ts';

interface PoolAttributes extends Omit<VolumeAttributes, 'dilations'> {
  readonly filterSize: Triple;
  readonly dataFormat?: 'NDHWC' | 'NCDHW';
}

/** Maximum and average pooling over volumes [N, D, H, W, C], and their gradients. */
export const pooling3D: readonly RecordedKernel[] = [
  pool('MaxPool3D', 'MaxPool'),
  pool('AvgPool3D', 'AveragePool'),
  recorded<PoolAttributes>('MaxPool3DGrad', ({ inputs, attrs, backend }) => {
    const { dy, input } = inputs as Readonly<Record<'dy' | 'input', TensorInfo>>;
    const sizes = poolSizes(input.shape, attrs);
    if (sizes === undefined) return undefined;
    const { recorder } = backend;
    const { batchSize: outer, inSize: size, inChannels: inner, window } = sizes;
    if (areApart(sizes)) {
      const pixels = { outer, size, inner };
      const memory = routeToMaxima(
        recorder,
        backend.value(input),
        backend.value(dy),
        pixels,
        window.kernel_shape,
      );
      return backend.tensorOf(recorder.reshape(memory, input.shape));
    }
    const [images, gradients] = [volumeOf(backend, input), volumeOf(backend, dy)];
    const value = maxPoolGradient(recorder, sizes, images, gradients, volume(outer, inner, size));
    return backend.tensorOf(channelsLast(recorder, value));
  }),
  recorded<PoolAttributes>('AvgPool3DGrad', ({ inputs, attrs, backend }) => {
    const { dy, input } = inputs as Readonly<Record<'dy' | 'input', TensorInfo>>;
    const sizes = poolSizes(input.shape, attrs);
    if (sizes === undefined) return undefined;
    const output = volume(sizes.batchSize, sizes.inChannels, sizes.inSize);
    const value = averagePoolGradient(backend.recorder, sizes, volumeOf(backend, dy), output);
    return backend.tensorOf(channelsLast(backend.recorder, value));
  }),
];

function pool(kernelName: string, operator: string): RecordedKernel {
  return recorded<PoolAttributes>(kernelName, ({ inputs, attrs, backend }) => {
    const x = inputs.x!;
    const sizes = poolSizes(x.shape, attrs);
    if (sizes === undefined || x.dtype !== 'float32') return undefined;
    const output = volume(sizes.batchSize, sizes.inChannels, sizes.outSize);
    const value = backend.recorder.op(operator, [volumeOf(backend, x)], { ...sizes.window }, output);
    return backend.tensorOf(channelsLast(backend.recorder, value));
  });
}

function poolSizes(
  shape: readonly number[],
  { filterSize, dataFormat, ...attributes }: PoolAttributes,
): ConvolutionSizes | undefined {
  if (dataFormat === 'NCDHW') return undefined;
  const channels = shape[4]!;
  const window = typeof filterSize === 'number' ? [filterSize, filterSize, filterSize] : filterSize;
  const sizes = volumeSizes(shape, [...window, channels, channels], attributes);
  return sizes && isInside(sizes.window) ? sizes : undefined;
}
