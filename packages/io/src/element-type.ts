import type { VoxelArray } from './volume.ts';

/** MetaImage's scalar types that a voxel array exists for. */
export type ElementType =
  | 'MET_CHAR'
  | 'MET_UCHAR'
  | 'MET_SHORT'
  | 'MET_USHORT'
  | 'MET_INT'
  | 'MET_UINT'
  | 'MET_LONG'
  | 'MET_ULONG'
  | 'MET_LONG_LONG'
  | 'MET_ULONG_LONG'
  | 'MET_FLOAT'
  | 'MET_DOUBLE';

interface VoxelArrayConstructor {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): VoxelArray;
  new (buffer: ArrayBuffer, byteOffset?: number, length?: number): VoxelArray;
}

// MET_LONG is 4 bytes whatever the machine's `long`: MetaIO's MET_ValueTypeSize.
const arrays: Record<ElementType, VoxelArrayConstructor> = {
  MET_CHAR: Int8Array,
  MET_UCHAR: Uint8Array,
  MET_SHORT: Int16Array,
  MET_USHORT: Uint16Array,
  MET_INT: Int32Array,
  MET_UINT: Uint32Array,
  MET_LONG: Int32Array,
  MET_ULONG: Uint32Array,
  MET_LONG_LONG: BigInt64Array,
  MET_ULONG_LONG: BigUint64Array,
  MET_FLOAT: Float32Array,
  MET_DOUBLE: Float64Array,
};

/** The names of every {@link ElementType}. */
export const elementTypes: readonly ElementType[] = Object.keys(arrays) as ElementType[];

/** The typed array that holds voxels of a type. */
export function arrayOf(type: ElementType): VoxelArrayConstructor {
  return arrays[type];
}

/** The MetaImage type of a voxel array, as ITK names it. */
export function elementTypeOf(voxels: VoxelArray): ElementType {
  const type = elementTypes.find((name) => voxels instanceof arrays[name]);
  if (type === undefined) throw new TypeError(`Cannot name the element type of a ${voxels.constructor.name}`);
  return type;
}
