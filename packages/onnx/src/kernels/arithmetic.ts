import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ElementType } from '../graph/element-type.ts';
import { elementwise } from './elementwise.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';

/** Sums, differences and products of numbers. */
export const arithmetic: readonly RecordedKernel[] = (
  [
    ['Add', 'Add'],
    ['Sub', 'Sub'],
    ['Multiply', 'Mul'],
  ] as const
).map(([kernelName, operator]) =>
  recorded(kernelName, ({ inputs, backend }) => {
    const { a, b } = inputs as Readonly<Record<'a' | 'b', TensorInfo>>;
    if (a.dtype === 'bool' || a.dtype !== b.dtype) return undefined;
    return elementwise(backend, operator, [a, b], a.dtype as ElementType);
  }),
);
