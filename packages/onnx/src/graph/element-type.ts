/** Element types that recorded values have; tfjs knows the first three, the last holds shapes and indices. */
export type ElementType = 'float32' | 'int32' | 'bool' | 'int64';

/** What holds the elements of each type on the host. */
export type HostData = Float32Array | Int32Array | Uint8Array | BigInt64Array;

/** Numbers of `TensorProto.DataType`. */
export const onnxTypes: Readonly<Record<ElementType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };
