import type { TensorInfo } from '@tensorflow/tfjs-core';
import { heapOf } from '../wasm/heap.ts';
import { cutBands } from '../wasm/image-bands.ts';
import { type ConvolutionAttributes, convolutionInfo, inputImages, inputWindows } from './conv2d-info.ts';
import type { KernelOverride } from './kernel-override.ts';

interface Attributes extends ConvolutionAttributes {
  readonly filterShape: number[];
}

/** Gradient of a convolution by its filter; tfjs-backend-wasm has none. */
export const conv2dBackpropFilter: KernelOverride = {
  kernelName: 'Conv2DBackpropFilter',
  kernelFunc(args, upstream) {
    const attributes = args.attrs as unknown as Attributes;
    const { x, dy } = args.inputs as { x: TensorInfo; dy: TensorInfo };
    const info = convolutionInfo(x.shape, attributes.filterShape, attributes);
    if (info === undefined) return upstream(args);
    const { inChannels, filterHeight, filterWidth, outHeight, outWidth, outChannels } = info;
    const heap = heapOf(args.backend);
    const out = args.backend.makeOutput(info.filterShape, 'float32');
    const k = filterHeight * filterWidth * inChannels;
    const bands = cutBands(heap, inputImages(info, heap.address(x)), inputWindows(info));
    // The kernel takes channels by eight; other counts are padded with zeros, band by band.
    const channels = Math.ceil(outChannels / 8) * 8;
    const whole = channels === outChannels;
    const padded = whole ? 0 : heap.scratch('gradient', bands.rows * outWidth * channels * 4);
    const sums = whole ? heap.address(out) : heap.scratch('sums', k * channels * 4);
    const gradient = heap.address(dy);
    heap.floats(sums, k * channels).fill(0);
    for (let n = 0; n < info.batchSize; n++) {
      for (let row = 0; row < outHeight; row += bands.rows) {
        const rows = Math.min(bands.rows, outHeight - row);
        const pixels = rows * outWidth;
        const from = gradient + (n * outHeight + row) * outWidth * outChannels * 4;
        if (!whole) heap.kernels.padImage(from, padded, 1, pixels, outChannels, 0, 0, 1, pixels, channels);
        heap.kernels.filterGradient(
          bands.at(n, row),
          whole ? from : padded,
          sums,
          rows,
          outWidth,
          channels,
          filterHeight,
          filterWidth * inChannels,
          bands.rowStep,
          bands.rowStep * info.strideHeight,
          inChannels * 4 * info.strideWidth,
        );
      }
    }
    if (!whole) heap.kernels.padImage(sums, heap.address(out), 1, k, channels, 0, 0, 1, k, outChannels);
    return out;
  },
};
