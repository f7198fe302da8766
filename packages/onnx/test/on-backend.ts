import * as tf from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../src/backend.ts';

/** The running backend. */
function onnxBackend(): OnnxBackend {
  return tf.backend() as unknown as OnnxBackend;
}

export const layouts = ['plain', 'nchw', 'blocked'] as const;

/** A tensor whose elements lie in a layout, as another kernel leaves them; where channels fill no blocks, they are apart. */
export function inLayout<T extends tf.Tensor>(tensor: T, layout: (typeof layouts)[number]): T {
  if (tensor.rank !== 4) return tensor;
  const backend = onnxBackend();
  const wanted = layout === 'blocked' ? backend.layoutFor(tensor.shape[3]!) : layout;
  return tf.engine().makeTensorFromTensorInfo(backend.tensorOf(backend.valueIn(tensor, wanted))) as T;
}

/** Numbers between -1 and 1, none of them like its neighbour. */
export function numbers(shape: readonly number[], seed: number): Float32Array {
  const at = (i: number): number => ((i * 7919 + seed * 104_729) % 2003) / 1001.5 - 1;
  return Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, (_, i) => at(i));
}

/** Runs a kernel by name, and fails if it did not record but went to the cpu backend. */
export function record(
  kernelName: string,
  inputs: Record<string, tf.Tensor>,
  attributes: Record<string, unknown>,
): tf.Tensor {
  const { recorder } = onnxBackend();
  const { pending } = recorder;
  const before = pending.length;
  const result = tf
    .engine()
    .runKernel(kernelName, inputs as tf.NamedTensorMap, attributes as tf.NamedAttrMap);
  if (recorder.pending !== pending || pending.length === before) {
    throw new Error(`Not recorded: ${kernelName} ${JSON.stringify(attributes)}`);
  }
  return result as tf.Tensor;
}

/** The largest difference of two lists, relative to the largest number, or to 1. */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [most, scale] = [a.length === b.length ? 0 : Number.POSITIVE_INFINITY, 1];
  for (let i = 0; i < a.length; i++) {
    if (!(Math.abs(a[i]! - b[i]!) <= most)) most = Math.abs(a[i]! - b[i]!);
    scale = Math.max(scale, Math.abs(b[i]!));
  }
  return most / scale;
}
