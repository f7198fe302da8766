import type { TensorInfo } from '@tensorflow/tfjs-core';
import { heapOf } from '../wasm/heap.ts';
import { windowJob } from '../wasm/window-job.ts';
import { type ConvolutionAttributes, convolutionInfo, inputImages, inputWindows } from './conv2d-info.ts';
import type { KernelOverride } from './kernel-override.ts';

interface Attributes extends ConvolutionAttributes {
  readonly filterShape: number[];
}

/** Partial sums, added in a fixed order: the result does not depend on the number of threads. */
const groups = 8;

/** Gradient of a convolution by its filter; tfjs-backend-wasm has none. */
export const conv2dBackpropFilter: KernelOverride = {
  kernelName: 'Conv2DBackpropFilter',
  kernelFunc(args, upstream) {
    const attributes = args.attrs as unknown as Attributes;
    const { x, dy } = args.inputs as { x: TensorInfo; dy: TensorInfo };
    const info = convolutionInfo(x.shape, attributes.filterShape, attributes);
    if (info === undefined) return upstream(args);
    const { batchSize, outHeight, outWidth, outChannels } = info;
    const heap = heapOf(args.backend);
    const out = args.backend.makeOutput(info.filterShape, 'float32');
    const k = info.filterHeight * info.filterWidth * info.inChannels;
    const padded = Math.ceil(outChannels / 8) * 8;
    const paddedStep = padded === outChannels ? 0 : outHeight * outWidth * padded * 4;
    const sumsStep = k * padded * 4;
    const job = heap.writeJob([
      ...windowJob(heap, inputImages(info, heap.address(x)), inputWindows(info)),
      heap.address(dy),
      outChannels,
      padded,
      paddedStep === 0 ? 0 : heap.scratch('gradient', paddedStep * heap.threads),
      paddedStep,
      batchSize,
      groups,
      heap.scratch('sums', sumsStep * groups),
      sumsStep,
    ]);
    heap.parallel('filterGradientGroups', job, groups, batchSize * outHeight * outWidth * k * outChannels);
    heap.kernels.addGroups(job, k, heap.address(out));
    return out;
  },
};
