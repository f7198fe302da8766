import type { TensorInfo } from '@tensorflow/tfjs-core';
import { heapOf } from '../wasm/heap.ts';
import { padImages } from '../wasm/padded-images.ts';
import { type ConvolutionAttributes, convolutionInfo } from './conv2d-info.ts';
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
    const { batchSize, inHeight, inWidth, inChannels, filterHeight, filterWidth } = info;
    const { outHeight, outWidth, outChannels, strideHeight, strideWidth, padInfo } = info;
    const heap = heapOf(args.backend);
    const out = args.backend.makeOutput(info.filterShape, 'float32');
    const k = filterHeight * filterWidth * inChannels;
    const images = padImages(
      heap,
      { address: heap.address(x), height: inHeight, width: inWidth, channels: inChannels },
      {
        top: padInfo.top,
        left: padInfo.left,
        height: (outHeight - 1) * strideHeight + filterHeight,
        width: (outWidth - 1) * strideWidth + filterWidth,
      },
    );
    // The kernel takes channels by eight; other counts are padded with zeros, image by image.
    const channels = Math.ceil(outChannels / 8) * 8;
    const pixels = outHeight * outWidth;
    const whole = channels === outChannels;
    const padded = whole ? 0 : heap.scratch('gradient', pixels * channels * 4);
    const sums = whole ? heap.address(out) : heap.scratch('sums', k * channels * 4);
    const gradient = heap.address(dy);
    heap.floats(sums, k * channels).fill(0);
    for (let n = 0; n < batchSize; n++) {
      const from = gradient + n * pixels * outChannels * 4;
      if (!whole) heap.kernels.padImage(from, padded, 1, pixels, outChannels, 0, 0, 1, pixels, channels);
      heap.kernels.filterGradient(
        images.at(n),
        whole ? from : padded,
        sums,
        outHeight,
        outWidth,
        channels,
        filterHeight,
        filterWidth * inChannels,
        images.rowStep,
        images.rowStep * strideHeight,
        inChannels * 4 * strideWidth,
      );
    }
    if (!whole) heap.kernels.padImage(sums, heap.address(out), 1, k, channels, 0, 0, 1, k, outChannels);
    return out;
  },
};
