import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { constantOf } from '../graph/constants.ts';
import { type ElementType, onnxTypes } from '../graph/element-type.ts';
import type { Value } from '../graph/value.ts';
import { type Each, each } from './each.ts';
import { align, show } from './elementwise.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';

/** Changes of type between numbers and booleans. */
export const casts: readonly RecordedKernel[] = [
  recorded<{ dtype: DataType }>('Cast', ({ inputs, attrs: { dtype }, backend }) => {
    const x = inputs.x as TensorInfo;
    if (dtype === x.dtype) return backend.share(x, x.shape);
    if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') return undefined;
    const aligned = align(backend, [x]);
    const value = aligned.values[0]!;
    const op = each(backend, aligned, value.type);
    return show(backend, aligned, convert(value, dtype, op));
  }),
];

/** A value's elements as another type, as JavaScript's typed arrays convert them. */
export function convert(x: Value, type: ElementType, op: Each): Value {
  if (x.type === type) return x;
  return x.type === 'float32' && type === 'int32' ? toInt32(x, op) : cast(x, type, op);
}

/** The low 32 bits of the whole part; 0 for NaN and infinities. */
function toInt32(x: Value, op: Each): Value {
  const low = constantOf('int64', BigInt64Array.of(0xffff_ffffn), []);
  // ONNX Runtime alone would turn two casts in a row into one, and what does not fit into the smallest number.
  return cast(op('BitwiseAnd', [cast(x, 'int64', op), low], { type: 'int64' }), 'int32', op);
}

function cast(x: Value, type: ElementType, op: Each): Value {
  return op('Cast', [x], { type, attributes: { to: onnxTypes[type] } });
}
