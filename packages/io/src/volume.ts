import ndarray from 'ndarray';
import type { Geometry } from './geometry.ts';

/** The typed arrays that voxels come in. */
export type VoxelArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** One voxel's value: a bigint for the 64-bit integer types, else a number. */
export type VoxelValue<T extends VoxelArray> = T[number];

/**
 * An [ndarray](https://github.com/scijs/ndarray) over a typed array, as its functions see it.
 *
 * What lunet returns is always C-contiguous from offset 0, so a hot loop may index `data` itself.
 */
export interface Voxels<T extends VoxelArray = VoxelArray> {
  readonly data: T;
  readonly shape: number[];
  readonly stride: number[];
  readonly offset: number;
  get(...index: number[]): VoxelValue<T>;
  set(...indexAndValue: [...index: number[], value: VoxelValue<T>]): VoxelValue<T>;
}

/**
 * Voxels and where they lie.
 *
 * `voxels` has shape `[z, y, x]`, or `[z, y, x, channel]` where a voxel has several components; x runs fastest
 * (channels faster still). A CT is int16 in HU.
 */
export interface Volume<T extends VoxelArray = VoxelArray> {
  readonly geometry: Geometry;
  readonly voxels: Voxels<T>;
}

/**
 * Views a typed array as an n-d array without copying; the last axis runs fastest.
 *
 * @throws {RangeError} if the shape's product is not the array's length.
 * @example
 * ```ts
 * const voxels = toVoxels(new Int16Array([1, 2, 3, 4, 5, 6]), [1, 2, 3]);
 * voxels.get(0, 1, 2); // 6
 * ```
 */
export function toVoxels<T extends VoxelArray>(data: T, shape: readonly number[]): Voxels<T> {
  const length = shape.reduce((product, n) => product * n, 1);
  if (length !== data.length) {
    throw new RangeError(`Cannot view ${data.length} voxels as ${shape.join('x')}: that takes ${length}`);
  }
  return ndarray(data as never, [...shape]) as unknown as Voxels<T>;
}
