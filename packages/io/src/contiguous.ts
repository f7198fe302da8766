import type { VoxelArray, Voxels } from './volume.ts';

/** The voxels in C order: the array itself where it lies so, else a copy. */
export function contiguous<T extends VoxelArray>({ data, shape, stride, offset }: Voxels<T>): T {
  const length = shape.reduce((product, n) => product * n, 1);
  let expected = 1;
  let isContiguous = true;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis]! > 1 && stride[axis] !== expected) isContiguous = false;
    expected *= shape[axis]!;
  }
  if (isContiguous) return data.subarray(offset, offset + length) as T;
  const copy = new (data.constructor as new (length: number) => T)(length);
  for (let i = 0; i < length; i++) {
    let rest = i;
    let source = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      source += (rest % shape[axis]!) * stride[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    copy[i] = data[source]!;
  }
  return copy;
}
