import type { TensorInfo } from '@tensorflow/tfjs-core';
import { axisInMemory } from './axes.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';

/** Images mirrored from left to right. */
export const flips: readonly RecordedKernel[] = [
  recorded('FlipLeftRight', ({ inputs, backend }) => {
    const value = backend.value(inputs.image as TensorInfo);
    const { recorder } = backend;
    const axis = axisInMemory(value.layout, 2);
    const part = [-1, -value.shape[2]! - 1, axis, -1].map((number) => recorder.indices([number]));
    return backend.tensorOf(recorder.op('Slice', [value, ...part], {}, value));
  }),
];
