import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import { correlate } from '../wasm/correlate.ts';
import { type Heap, heapOf } from '../wasm/heap.ts';
import { type ConvolutionAttributes, convolutionInfo, inputImages, inputWindows } from './conv2d-info.ts';
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
  const { filterWidth, inChannels, outHeight, outWidth, outChannels } = info;
  const pixel = outChannels * 4;
  correlate(
    heap,
    info.batchSize,
    inputImages(info, heap.address(x)),
    inputWindows(info),
    {
      address: heap.address(filter),
      outputs: outChannels,
      strideY: filterWidth * inChannels * outChannels,
      strideX: inChannels * outChannels,
      strideInput: outChannels,
      strideOutput: 1,
    },
    {
      address: heap.address(out),
      imageStep: outHeight * outWidth * pixel,
      rowStep: outWidth * pixel,
      pixelStep: pixel,
    },
    { bias: bias && heap.address(bias), relu },
  );
}
