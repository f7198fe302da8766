import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ElementType } from '../graph/element-type.ts';
import type { Value } from '../graph/value.ts';
import { convert } from './cast.ts';
import { type Each, each } from './each.ts';
import { align, show } from './elementwise.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';

type Formula = (a: Value, b: Value, op: Each) => Value;

/** Sums, products, quotients and what else combines two numbers. */
export const arithmetic: readonly RecordedKernel[] = [
  combine('Add', { float32: operator('Add'), int32: operator('Add') }),
  combine('Sub', { float32: operator('Sub'), int32: operator('Sub') }),
  combine('Multiply', { float32: operator('Mul'), int32: operator('Mul'), bool: operator('And') }),
  combine('RealDiv', { float32: operator('Div') }),
  combine('Maximum', { float32: operator('Max'), int32: operator('Max') }),
  combine('Minimum', { float32: operator('Min'), int32: operator('Min') }),
  combine('Pow', { float32: operator('Pow') }),
  combine('SquaredDifference', { float32: squaredDifference, int32: squaredDifference }),
  combine('Mod', { float32: mod, int32: wholeMod }),
  combine('FloorDiv', { float32: floorDiv, int32: wholeFloorDiv }),
  combine('BitwiseAnd', { int32: operator('BitwiseAnd') }),
  recorded('AddN', ({ inputs, backend }) => {
    const tensors = Object.values(inputs);
    const dtype = tensors[0]!.dtype as ElementType;
    if (dtype === 'bool' || tensors.some((tensor) => tensor.dtype !== dtype)) return undefined;
    const aligned = align(backend, tensors);
    const op = each(backend, aligned, dtype);
    return show(
      backend,
      aligned,
      // ONNX's sum of many is for floats alone.
      dtype === 'float32' ? op('Sum', aligned.values) : aligned.values.reduce((a, b) => op('Add', [a, b])),
    );
  }),
];

/** A kernel of two tensors of one type, with its formula for each type that it is recorded for. */
export function combine(
  kernelName: string,
  formulas: Readonly<Partial<Record<ElementType, Formula>>>,
): RecordedKernel {
  return recorded(kernelName, ({ inputs, backend }) => {
    const { a, b } = inputs as Readonly<Record<'a' | 'b', TensorInfo>>;
    const dtype = a.dtype as ElementType;
    const formula = formulas[dtype];
    if (formula === undefined || b.dtype !== dtype) return undefined;
    const aligned = align(backend, [a, b]);
    const [left, right] = aligned.values as [Value, Value];
    return show(backend, aligned, formula(left, right, each(backend, aligned, dtype)));
  });
}

export function operator(name: string, type?: ElementType): Formula {
  return (a, b, op) => op(name, [a, b], type && { type });
}

function squaredDifference(a: Value, b: Value, op: Each): Value {
  const difference = op('Sub', [a, b]);
  return op('Mul', [difference, difference]);
}

/** tfjs' remainder has the divisor's sign, that of ONNX (as of C) the dividend's. */
function mod(a: Value, b: Value, op: Each): Value {
  const remainder = (x: Value): Value => op('Mod', [x, b], { attributes: { fmod: 1 } });
  const rest = remainder(a);
  const negative = (x: Value): Value => op('Less', [x, 0], { type: 'bool' });
  const sameSign = op('Equal', [negative(a), negative(b)], { type: 'bool' });
  return op('Where', [sameSign, rest, remainder(op('Add', [rest, b]))]);
}

/** The remainder of whole numbers, 0 for divisor 0; with 64 bits, because the smallest number modulo −1 traps with 32. */
function wholeMod(a: Value, b: Value, op: Each): Value {
  const [dividend, divisor] = [convert(a, 'int64', op), convert(notZero(b, op), 'int64', op)];
  return convert(op('Mod', [dividend, divisor], { type: 'int64' }), 'int32', op);
}

function floorDiv(a: Value, b: Value, op: Each): Value {
  return convert(op('Floor', [op('Div', [a, b])]), 'int32', op);
}

/** The quotient of whole numbers, rounded down; 0 for divisor 0. */
function wholeFloorDiv(a: Value, b: Value, op: Each): Value {
  const divisor = convert(notZero(b, op), 'int64', op);
  const dividend = convert(a, 'int64', op);
  const whole = { type: 'int64' } as const;
  const multiple = op('Sub', [dividend, op('Mod', [dividend, divisor], whole)], whole);
  const quotient = convert(op('Div', [multiple, divisor], whole), 'int32', op);
  return op('Where', [isZero(b, op), 0, quotient]);
}

function isZero(b: Value, op: Each): Value {
  return op('Equal', [b, 0], { type: 'bool' });
}

/** 1 in place of 0, by which a processor does not divide whole numbers. */
function notZero(b: Value, op: Each): Value {
  return op('Where', [isZero(b, op), 1, b]);
}
