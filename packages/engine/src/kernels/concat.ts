import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { heapOf } from '../wasm/heap.ts';
import type { KernelOverride } from './kernel-override.ts';

/** Concat; upstream copies each row through its own pair of JavaScript views. */
export const concat: KernelOverride = {
  kernelName: 'Concat',
  kernelFunc(args, upstream) {
    const tensors = Object.values(args.inputs as unknown as Record<string, TensorInfo>);
    const first = tensors[0]!;
    if (!tensors.every(isFourBytes)) return upstream(args);
    const axis = util.parseAxisParam((args.attrs as { axis?: number }).axis ?? 0, first.shape)[0]!;
    const shape = backend_util.computeOutShape(
      tensors.map((tensor) => tensor.shape),
      axis,
    );
    const out = args.backend.makeOutput(shape, first.dtype);
    let offset = 0;
    for (const tensor of tensors) {
      copyAlong(args.backend, tensor, out, axis, { sourceStart: 0, targetStart: offset });
      offset += tensor.shape[axis]!;
    }
    return out;
  },
};

/** SplitV, which is Concat's gradient. */
export const splitV: KernelOverride = {
  kernelName: 'SplitV',
  kernelFunc(args, upstream) {
    const { x } = args.inputs as { x: TensorInfo };
    const attributes = args.attrs as unknown as { numOrSizeSplits: number | number[]; axis: number };
    if (!isFourBytes(x)) return upstream(args);
    const axis = util.parseAxisParam(attributes.axis, x.shape)[0]!;
    const sizes = backend_util.prepareSplitSize(x as never, attributes.numOrSizeSplits, axis);
    let sourceStart = 0;
    return sizes.map((size) => {
      const out = args.backend.makeOutput(x.shape.with(axis, size), x.dtype);
      copyAlong(args.backend, x, out, axis, { sourceStart, targetStart: 0 });
      sourceStart += size;
      return out;
    });
  },
};

function isFourBytes({ dtype }: TensorInfo): boolean {
  return dtype === 'float32' || dtype === 'int32';
}

/** Copies as many entries along `axis` as the smaller of the two tensors has. */
function copyAlong(
  backend: BackendWasm,
  source: TensorInfo,
  target: TensorInfo,
  axis: number,
  { sourceStart, targetStart }: { sourceStart: number; targetStart: number },
): void {
  const heap = heapOf(backend);
  const rows = util.sizeFromShape(source.shape.slice(0, axis));
  const entry = util.sizeFromShape(source.shape.slice(axis + 1)) * 4;
  const [from, to] = [source.shape[axis]!, target.shape[axis]!];
  heap.kernels.copyRows(
    heap.address(source) + sourceStart * entry,
    heap.address(target) + targetStart * entry,
    rows,
    Math.min(from, to) * entry,
    from * entry,
    to * entry,
  );
}
