import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { heapOf } from '../wasm/heap.ts';
import type { KernelArguments, KernelOverride } from './kernel-override.ts';

interface Attributes {
  readonly filterSize: [number, number] | number;
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Gradient of max pooling; upstream's loses windows whose maximum is not positive. */
export const maxPoolGrad: KernelOverride = {
  kernelName: 'MaxPoolGrad',
  kernelFunc: (args) => poolGradient(args, true),
};

/** Gradient of average pooling; upstream's divides by the whole window at a padded border, unlike its forward pass. */
export const avgPoolGrad: KernelOverride = {
  kernelName: 'AvgPoolGrad',
  kernelFunc: (args) => poolGradient(args, false),
};

function poolGradient({ inputs, attrs, backend }: KernelArguments, max: boolean): TensorInfo {
  const { dy, input, output } = inputs as { dy: TensorInfo; input: TensorInfo; output: TensorInfo };
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as Attributes;
  const info = backend_util.computePool2DInfo(
    input.shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const heap = heapOf(backend);
  const out = backend.makeOutput(input.shape, 'float32');
  const inSize = info.inHeight * info.inWidth * info.inChannels;
  const outSize = info.outHeight * info.outWidth * info.inChannels;
  heap.floats(heap.address(out), inSize * info.batchSize).fill(0);
  for (let n = 0; n < info.batchSize; n++) {
    const shape = [
      info.inHeight,
      info.inWidth,
      info.inChannels,
      info.outHeight,
      info.outWidth,
      info.filterHeight,
      info.filterWidth,
      info.strideHeight,
      info.strideWidth,
      info.padInfo.top,
      info.padInfo.left,
    ] as const;
    const gradient = heap.address(dy) + n * outSize * 4;
    const target = heap.address(out) + n * inSize * 4;
    if (max) {
      const from = heap.address(input) + n * inSize * 4;
      heap.kernels.maxPoolGradient(from, heap.address(output) + n * outSize * 4, gradient, target, ...shape);
    } else {
      heap.kernels.averagePoolGradient(gradient, target, ...shape);
    }
  }
  return out;
}
