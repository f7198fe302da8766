import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import { correlate } from '../wasm/correlate.ts';
import { type Heap, heapOf } from '../wasm/heap.ts';
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
  if (row.taps === 0 || column.taps === 0 || row.count <= 0 || column.count <= 0) return;
  const { inHeight, inWidth, inChannels, strideHeight, strideWidth, outChannels } = info;
  const filterColumn = inChannels * outChannels;
  const filterRow = info.filterWidth * filterColumn;
  const lastTap =
    (row.tap + (row.taps - 1) * strideHeight) * filterRow +
    (column.tap + (column.taps - 1) * strideWidth) * filterColumn;
  const pixel = inChannels * 4;
  correlate(
    heap,
    info.batchSize,
    { address: heap.address(dy), height: info.outHeight, width: info.outWidth, channels: outChannels },
    {
      rows: row.count,
      columns: column.count,
      tapsY: row.taps,
      tapsX: column.taps,
      strideY: 1,
      strideX: 1,
      top: row.pad,
      left: column.pad,
    },
    {
      address: heap.address(filter) + lastTap * 4,
      outputs: inChannels,
      strideY: -strideHeight * filterRow,
      strideX: -strideWidth * filterColumn,
      strideInput: 1,
      strideOutput: outChannels,
    },
    {
      address: heap.address(out) + (row.first * inWidth + column.first) * pixel,
      imageStep: inHeight * inWidth * pixel,
      rowStep: strideHeight * inWidth * pixel,
      pixelStep: strideWidth * pixel,
    },
  );
}
