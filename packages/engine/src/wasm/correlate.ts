import type { Heap } from './heap.ts';
import { type Images, type Windows, windowJob } from './window-job.ts';

/** A filter on the heap, seen through strides in elements, which may be negative. */
export interface FilterView {
  readonly address: number;
  readonly outputs: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly strideInput: number;
  readonly strideOutput: number;
}

/** Where the results go: address of the first pixel, and distances in bytes. */
export interface Target {
  readonly address: number;
  readonly imageStep: number;
  readonly rowStep: number;
  readonly pixelStep: number;
}

interface Options {
  /** Address of one float per output; default none. */
  readonly bias?: number | undefined;
  readonly relu?: boolean;
}

/** Correlates a batch of images with a filter: what every convolution and input gradient comes down to. */
export function correlate(
  heap: Heap,
  batch: number,
  images: Images,
  windows: Windows,
  filter: FilterView,
  target: Target,
  { bias, relu = false }: Options = {},
): void {
  const weights = packFilter(heap, images.channels, windows, filter);
  const job = heap.writeJob([
    ...windowJob(heap, images, windows),
    weights,
    packBias(heap, filter.outputs, bias),
    filter.outputs,
    target.address,
    target.imageStep,
    target.rowStep,
    target.pixelStep,
    relu ? 1 : 0,
  ]);
  const rows = batch * windows.rows;
  const perPixel = windows.tapsY * windows.tapsX * images.channels * filter.outputs;
  heap.parallel('correlateRows', job, rows, rows * windows.columns * perPixel);
}

function packFilter(heap: Heap, inputs: number, { tapsY, tapsX }: Windows, filter: FilterView): number {
  const panels = Math.ceil(filter.outputs / 8);
  const weights = heap.scratch('weights', panels * tapsY * tapsX * inputs * 32);
  heap.kernels.packWeights(
    filter.address,
    weights,
    tapsY,
    tapsX,
    inputs,
    filter.outputs,
    filter.strideY,
    filter.strideX,
    filter.strideInput,
    filter.strideOutput,
  );
  return weights;
}

/** Copies the biases, or zeros, to scratch memory, padded with zeros to a multiple of eight. */
function packBias(heap: Heap, outputs: number, bias: number | undefined): number {
  const padded = Math.ceil(outputs / 8) * 8;
  const address = heap.scratch('bias', padded * 4);
  const target = heap.floats(address, padded).fill(0);
  if (bias !== undefined) target.set(heap.floats(bias, outputs));
  return address;
}
