import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Value } from '../graph/value.ts';
import { convert } from './cast.ts';
import { type Each, each } from './each.ts';
import { align, show } from './elementwise.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';

/** tfjs' kernels of floats that are one operator of ONNX; not Tan, whose last bits ONNX Runtime loses. */
const sameInOnnx = [
  ...['Acos', 'Acosh', 'Asin', 'Asinh', 'Atan', 'Atanh', 'Cos', 'Cosh', 'Sin', 'Sinh', 'Tanh'],
  ...['Ceil', 'Floor', 'Round', 'Erf', 'Exp', 'Log', 'Reciprocal', 'Sigmoid', 'Softplus', 'Sqrt'],
] as const;

/** Functions of one number that are formulas, or that whole numbers have as well. */
export const unary: readonly RecordedKernel[] = [
  ...sameInOnnx.map((name) => formula(name, (x, op) => op(name, [x]))),
  formula('Abs', (x, op) => op('Abs', [x]), 'whole too'),
  formula('Neg', (x, op) => op('Neg', [x]), 'whole too'),
  formula('Square', (x, op) => op('Mul', [x, x]), 'whole too'),
  formula('Rsqrt', (x, op) => op('Reciprocal', [op('Sqrt', [x])])),
  formula('Sign', sign),
  formula('Expm1', expm1),
  formula('Log1p', log1p),
  formula('IsNan', (x, op) => op('IsNaN', [x], { type: 'bool' })),
  formula('IsInf', (x, op) => op('IsInf', [x], { type: 'bool' })),
  // Only of finite numbers is the difference with themselves 0.
  formula('IsFinite', (x, op) => op('Equal', [op('Sub', [x, x]), 0], { type: 'bool' })),
  formula<{ clipValueMin: number; clipValueMax: number }>(
    'ClipByValue',
    (x, op, { clipValueMin, clipValueMax }) => op('Clip', [x, clipValueMin, clipValueMax]),
  ),
];

/** tfjs' sign of NaN is 0, ONNX's is NaN (and takes longer). */
function sign(x: Value, op: Each): Value {
  const is = (operator: string): Value => convert(op(operator, [x, 0], { type: 'bool' }), 'float32', op);
  return op('Sub', [is('Greater'), is('Less')]);
}

/** eˣ − 1 = tanh(x/2) · (eˣ + 1), which loses no digits near 0. */
function expm1(x: Value, op: Each): Value {
  return op('Mul', [op('Tanh', [op('Mul', [x, 0.5])]), op('Add', [op('Exp', [x]), 1])]);
}

/** log(1 + x) and what 1 + x has lost of a small x. */
function log1p(x: Value, op: Each): Value {
  const small = op('Clip', [x, -0.5, 1]);
  const kept = op('Sub', [op('Add', [small, 1]), 1]);
  return op('Add', [op('Log', [op('Add', [x, 1])]), op('Sub', [small, kept])]);
}

/** A kernel that is a formula over one tensor of floats (or of whole numbers too). */
export function formula<Attributes>(
  kernelName: string,
  write: (x: Value, op: Each, attrs: Attributes) => Value,
  types: 'floats' | 'whole too' = 'floats',
): RecordedKernel {
  return recorded<Attributes>(kernelName, ({ inputs, attrs, backend }) => {
    const x = inputs.x as TensorInfo;
    const { dtype } = x;
    if (dtype !== 'float32' && !(dtype === 'int32' && types === 'whole too')) return undefined;
    const aligned = align(backend, [x]);
    return show(backend, aligned, write(aligned.values[0]!, each(backend, aligned, dtype), attrs));
  });
}
