import { util } from '@tensorflow/tfjs-core';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';

/** Kernels that show the same data again. */
export const identities: readonly RecordedKernel[] = [
  recorded('Identity', ({ inputs, backend }) => backend.share(inputs.x!, inputs.x!.shape)),
  recorded<{ shape: number[] }>('Reshape', ({ inputs, attrs, backend }) => {
    const x = inputs.x!;
    const size = util.sizeFromShape(x.shape);
    const shape = util.inferFromImplicitShape(attrs.shape, size);
    util.assert(
      size === util.sizeFromShape(shape),
      () =>
        `The new shape (${shape}) has ${util.sizeFromShape(shape)} elements and the old shape (${x.shape}) has ${size} elements. The new shape and old shape must have the same number of elements.`,
    );
    return backend.share(x, shape);
  }),
];
