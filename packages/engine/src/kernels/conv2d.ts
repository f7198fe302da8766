import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import { type Heap, heapOf } from '../wasm/heap.ts';
import { padImages } from '../wasm/padded-images.ts';
import { type ConvolutionAttributes, convolutionInfo } from './conv2d-info.ts';
import type { KernelOverride } from './kernel-override.ts';

interface FusedAttributes extends ConvolutionAttributes {
  readonly activation?: string;
}

/** Conv2D, which upstream leaves to XNNPACK and a fresh operator for every new filter. */
export const conv2d: KernelOverride = {
  kernelName: 'Conv2D',
  kernelFunc(args, upstream) {
    const { x, filter } = args.inputs as { x: TensorInfo; filter: TensorInfo };
    const info = convolutionInfo(x.shape, filter.shape, args.attrs as unknown as ConvolutionAttributes);
    if (info === undefined) return upstream(args);
    const out = args.backend.makeOutput(info.outShape, 'float32');
    convolveBatch(heapOf(args.backend), info, x, filter, out, {});
    return out;
  },
};

/** FusedConv2D: bias and ReLU cost nothing here; other activations go upstream. */
export const fusedConv2d: KernelOverride = {
  kernelName: 'FusedConv2D',
  kernelFunc(args, upstream) {
    const attributes = args.attrs as unknown as FusedAttributes;
    const { x, filter, bias } = args.inputs as { x: TensorInfo; filter: TensorInfo; bias?: TensorInfo };
    const info = convolutionInfo(x.shape, filter.shape, attributes);
    const { activation = 'linear' } = attributes;
    const plainBias = bias == null || (bias.shape.length === 1 && bias.shape[0] === info?.outChannels);
    if (info === undefined || !plainBias || !['linear', 'relu'].includes(activation)) return upstream(args);
    const out = args.backend.makeOutput(info.outShape, 'float32');
    convolveBatch(heapOf(args.backend), info, x, filter, out, { bias, relu: activation === 'relu' });
    return out;
  },
};

function convolveBatch(
  heap: Heap,
  info: backend_util.Conv2DInfo,
  x: TensorInfo,
  filter: TensorInfo,
  out: TensorInfo,
  { bias, relu = false }: { bias?: TensorInfo | undefined; relu?: boolean },
): void {
  const { batchSize, inHeight, inWidth, inChannels, filterHeight, filterWidth } = info;
  const { outHeight, outWidth, outChannels, strideHeight, strideWidth, padInfo } = info;
  const weights = packFilter(heap, filter, info);
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
  const biases = packBias(heap, outChannels, bias && heap.address(bias));
  const to = heap.address(out);
  for (let n = 0; n < batchSize; n++) {
    heap.kernels.convolve(
      images.at(n),
      weights,
      biases,
      to + n * outHeight * outWidth * outChannels * 4,
      outHeight,
      outWidth,
      outChannels,
      filterHeight,
      filterWidth * inChannels,
      images.rowStep,
      images.rowStep * strideHeight,
      inChannels * 4 * strideWidth,
      outWidth * outChannels * 4,
      outChannels * 4,
      relu ? 0 : Number.NEGATIVE_INFINITY,
    );
  }
}

function packFilter(heap: Heap, filter: TensorInfo, info: backend_util.Conv2DInfo): number {
  const { filterHeight, filterWidth, inChannels, outChannels } = info;
  const panels = Math.ceil(outChannels / 8);
  const weights = heap.scratch('weights', panels * filterHeight * filterWidth * inChannels * 32);
  heap.kernels.packWeights(
    heap.address(filter),
    weights,
    filterHeight,
    filterWidth,
    inChannels,
    outChannels,
    filterWidth * inChannels * outChannels,
    inChannels * outChannels,
    outChannels,
    1,
  );
  return weights;
}

/** Copies `channels` biases, or zeros, to scratch memory, padded with zeros to a multiple of eight. */
export function packBias(heap: Heap, channels: number, bias?: number): number {
  const padded = Math.ceil(channels / 8) * 8;
  const address = heap.scratch('bias', padded * 4);
  const target = heap.floats(address, padded).fill(0);
  if (bias !== undefined) target.set(heap.floats(bias, channels));
  return address;
}
