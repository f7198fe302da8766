import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { sumChannels } from '../wasm/channels.ts';
import { heapOf } from '../wasm/heap.ts';
import type { KernelArguments, KernelOverride, Upstream } from './kernel-override.ts';

/** Sum over the first axes (a bias gradient is one), which upstream transposes first. */
export const sum: KernelOverride = {
  kernelName: 'Sum',
  kernelFunc: (args, upstream) => sumLeading(args, upstream, () => 1),
};

/** Mean over the first axes. */
export const mean: KernelOverride = {
  kernelName: 'Mean',
  kernelFunc: (args, upstream) => sumLeading(args, upstream, (count) => 1 / count),
};

function sumLeading(
  args: KernelArguments,
  upstream: Upstream,
  factorOf: (count: number) => number,
): TensorInfo | TensorInfo[] {
  const { x } = args.inputs as { x: TensorInfo };
  const { axis, keepDims } = args.attrs as unknown as { axis: number | number[]; keepDims: boolean };
  const axes = util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
  const leading = axes.length > 0 && axes.every((value, i) => value === i);
  const length = util.sizeFromShape(x.shape);
  if (!leading || x.dtype !== 'float32' || length === 0) return upstream(args);
  const [outShape, reduced] = backend_util.computeOutAndReduceShapes(x.shape, axes);
  const shape = keepDims ? backend_util.expandShapeToKeepDim(outShape, axes) : outShape;
  const out = args.backend.makeOutput(shape, 'float32');
  const heap = heapOf(args.backend);
  const channels = util.sizeFromShape(outShape);
  const sums = sumChannels(heap, heap.address(x), length, channels);
  const factor = factorOf(util.sizeFromShape(reduced));
  heap.floats(heap.address(out), channels).set(sums.map((value) => value * factor));
  return out;
}
