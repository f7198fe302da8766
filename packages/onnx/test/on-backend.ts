import * as tf from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../src/backend.ts';
import { startOnnx } from '../src/index.ts';
import { registerEmulated } from './emulated-blocks.ts';

/** The running backend. */
function onnxBackend(): OnnxBackend {
  return tf.backend() as unknown as OnnxBackend;
}

export type Arranged = 'plain' | 'nchw' | 'blocked';

/** Backends with the layouts to test on them: the real one, and one whose blocks have the size of other processors'. */
export const backends: readonly (readonly [name: string, layouts: readonly Arranged[]])[] = [
  ['onnx', ['plain', 'nchw', 'blocked']],
  ['other blocks', ['blocked']],
];

/** Registers all of `backends`, and makes the first the current one. */
export async function startBackends(): Promise<void> {
  await startOnnx({ threads: 1 });
  registerEmulated('other blocks', onnxBackend().block === 16 ? 8 : 16);
}

/** Runs something on the cpu backend. */
export async function onCpu<T>(run: () => T): Promise<T> {
  const backend = tf.getBackend();
  await tf.setBackend('cpu');
  try {
    return run();
  } finally {
    await tf.setBackend(backend);
  }
}

/** A tensor whose elements lie in a layout, as another kernel leaves them; where channels fill no blocks, they are apart. */
export function inLayout<T extends tf.Tensor>(tensor: T, layout: Arranged): T {
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
