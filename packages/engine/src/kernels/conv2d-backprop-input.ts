import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import { type Heap, heapOf } from '../wasm/heap.ts';
import { padImages } from '../wasm/padded-images.ts';
import { packBias } from './conv2d.ts';
import { type ConvolutionAttributes, convolutionInfo } from './conv2d-info.ts';
import type { KernelOverride } from './kernel-override.ts';

interface Attributes extends ConvolutionAttributes {
  readonly inputShape: number[];
}

/**
 * Gradient of a convolution by its input, and forward pass of a transposed convolution.
 *
 * With stride s the input splits into s × s phases; each is a stride-1 convolution of the output gradient with
 * every s-th tap of the filter, flipped. A 2×2 stride-2 transposed convolution is four 1×1 convolutions so.
 */
export const conv2dBackpropInput: KernelOverride = {
  kernelName: 'Conv2DBackpropInput',
  kernelFunc(args, upstream) {
    const attributes = args.attrs as unknown as Attributes;
    const { dy, filter } = args.inputs as { dy: TensorInfo; filter: TensorInfo };
    const info = convolutionInfo(attributes.inputShape, filter.shape, attributes);
    if (info === undefined) return upstream(args);
    const out = args.backend.makeOutput(info.inShape, 'float32');
    const heap = heapOf(args.backend);
    const rows = phasesOf(info.inHeight, info.filterHeight, info.strideHeight, info.padInfo.top);
    const columns = phasesOf(info.inWidth, info.filterWidth, info.strideWidth, info.padInfo.left);
    if (![...rows, ...columns].every((phase) => phase.taps > 0)) {
      heap
        .floats(
          heap.address(out),
          info.inShape.reduce((a, b) => a * b),
        )
        .fill(0);
    }
    for (const row of rows) {
      for (const column of columns) convolvePhase(heap, info, dy, filter, out, row, column);
    }
    return out;
  },
};

/** The inputs `first + t · stride`, t < count, which taps `tap + j · stride`, j < taps, of the filter reach. */
interface Phase {
  readonly tap: number;
  readonly taps: number;
  readonly first: number;
  readonly count: number;
  /** Zeros needed before the first output that the phase reads; negative where it starts inside. */
  readonly pad: number;
}

function phasesOf(inputs: number, filter: number, stride: number, pad: number): Phase[] {
  return Array.from({ length: stride }, (_, tap) => {
    // Input i meets tap k at output o where i = o · stride + k − pad; write i = a · stride + tap − pad.
    const from = Math.ceil((pad - tap) / stride);
    const count = Math.floor((inputs - 1 + pad - tap) / stride) - from + 1;
    const taps = Math.max(0, Math.ceil((filter - tap) / stride));
    return { tap, taps, count, first: from * stride + tap - pad, pad: taps - 1 - from };
  });
}

function convolvePhase(
  heap: Heap,
  info: backend_util.Conv2DInfo,
  dy: TensorInfo,
  filter: TensorInfo,
  out: TensorInfo,
  row: Phase,
  column: Phase,
): void {
  const { batchSize, inHeight, inWidth, inChannels, filterWidth, strideHeight, strideWidth } = info;
  const { outHeight, outWidth, outChannels } = info;
  if (row.taps === 0 || column.taps === 0 || row.count <= 0 || column.count <= 0) return;
  const rowStride = filterWidth * inChannels * outChannels;
  const columnStride = inChannels * outChannels;
  const lastTap =
    (row.tap + (row.taps - 1) * strideHeight) * rowStride +
    (column.tap + (column.taps - 1) * strideWidth) * columnStride;
  const panels = Math.ceil(inChannels / 8);
  const weights = heap.scratch('weights', panels * row.taps * column.taps * outChannels * 32);
  heap.kernels.packWeights(
    heap.address(filter) + lastTap * 4,
    weights,
    row.taps,
    column.taps,
    outChannels,
    inChannels,
    -strideHeight * rowStride,
    -strideWidth * columnStride,
    1,
    outChannels,
  );
  const images = padImages(
    heap,
    { address: heap.address(dy), height: outHeight, width: outWidth, channels: outChannels },
    {
      top: row.pad,
      left: column.pad,
      height: row.count + row.taps - 1,
      width: column.count + column.taps - 1,
    },
  );
  const bias = packBias(heap, inChannels);
  const pixel = inChannels * 4;
  const to = heap.address(out) + (row.first * inWidth + column.first) * pixel;
  for (let n = 0; n < batchSize; n++) {
    heap.kernels.convolve(
      images.at(n),
      weights,
      bias,
      to + n * inHeight * inWidth * pixel,
      row.count,
      column.count,
      inChannels,
      row.taps,
      column.taps * outChannels,
      images.rowStep,
      images.rowStep,
      outChannels * 4,
      strideHeight * inWidth * pixel,
      strideWidth * pixel,
      Number.NEGATIVE_INFINITY,
    );
  }
}
