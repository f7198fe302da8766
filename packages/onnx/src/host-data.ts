import type { backend_util } from '@tensorflow/tfjs-core';
import type { ElementType, HostData } from './graph/element-type.ts';

/** Whether all elements are the same number. */
export function isUniform(numbers: ArrayLike<number>): boolean {
  const first = numbers[0]!;
  // The last number tells most others at once.
  for (let i = numbers.length - 1; i > 0; i--) if (!Object.is(numbers[i], first)) return false;
  return true;
}

/** A copy: the caller may reuse its buffer before the graph that reads it runs. */
export function ownCopy(type: ElementType, values: backend_util.BackendValues): HostData {
  switch (type) {
    case 'float32':
      return new Float32Array(values as Float32Array);
    case 'int32':
      return new Int32Array(values as Int32Array);
    default:
      return new Uint8Array(values as Uint8Array);
  }
}

/** Complex numbers as tfjs tells them: real and imaginary parts in turn. */
export function interleave(real: Float32Array, imag: Float32Array): Float32Array {
  const both = new Float32Array(2 * real.length);
  for (let i = 0; i < real.length; i++) {
    both[2 * i] = real[i]!;
    both[2 * i + 1] = imag[i]!;
  }
  return both;
}
