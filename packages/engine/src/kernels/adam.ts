import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { heapOf } from '../wasm/heap.ts';
import type { KernelOverride } from './kernel-override.ts';

/**
 * Kernel of ours: one step of Adam for several variables.
 *
 * Inputs m, v, power1, power2, value0, gradient0, value1, …; attributes learningRate, beta1, beta2, epsilon and the
 * offset in m and v of each variable. Outputs the new m and v, then the new values.
 */
export const adamKernel = 'LunetAdam';

interface AdamAttributes {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly offsets: readonly number[];
}

export const adamUpdateKernel: KernelOverride = {
  kernelName: adamKernel,
  kernelFunc({ inputs, attrs, backend }) {
    const { learningRate, beta1, beta2, epsilon, offsets } = attrs as unknown as AdamAttributes;
    const tensors = inputs as unknown as Record<string, TensorInfo>;
    const heap = heapOf(backend);
    const scalar = (name: string): number => heap.floats(heap.address(tensors[name]!), 1)[0]!;
    const [correction1, correction2] = [1 - scalar('power1'), 1 - scalar('power2')];
    const moments = [tensors.m!, tensors.v!].map((moment) => {
      const size = util.sizeFromShape(moment.shape);
      const out = backend.makeOutput(moment.shape, 'float32');
      heap.floats(heap.address(out), size).set(heap.floats(heap.address(moment), size));
      return out;
    });
    const [m, v] = moments.map((moment) => heap.address(moment)) as [number, number];
    const values = offsets.map((offset, i) => {
      const value = tensors[`value${i}`]!;
      const out = backend.makeOutput(value.shape, 'float32');
      heap.kernels.adamUpdate(
        heap.address(tensors[`gradient${i}`]!),
        heap.address(value),
        heap.address(out),
        m + offset * 4,
        v + offset * 4,
        util.sizeFromShape(value.shape),
        beta1,
        1 - beta1,
        beta2,
        1 - beta2,
        correction1,
        correction2,
        epsilon,
        -learningRate,
      );
      return out;
    });
    return [...moments, ...values];
  },
};
