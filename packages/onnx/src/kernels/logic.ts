import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { ElementType } from '../graph/element-type.ts';
import type { Value } from '../graph/value.ts';
import { combine, operator } from './arithmetic.ts';
import { convert } from './cast.ts';
import { type Each, each } from './each.ts';
import { align, show } from './elementwise.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';

type Test = (a: Value, b: Value, op: Each) => Value;

/** Comparisons, the logic of booleans, and choices by them. */
export const logic: readonly RecordedKernel[] = [
  compare('Equal', operator('Equal', 'bool'), 'booleans too'),
  compare('NotEqual', (a, b, op) => not(op('Equal', [a, b], { type: 'bool' }), op), 'booleans too'),
  compare('Less', operator('Less', 'bool')),
  compare('LessEqual', operator('LessOrEqual', 'bool')),
  compare('Greater', operator('Greater', 'bool')),
  compare('GreaterEqual', operator('GreaterOrEqual', 'bool')),
  combine('LogicalAnd', { bool: operator('And') }),
  combine('LogicalOr', { bool: operator('Or') }),
  recorded('LogicalNot', ({ inputs, backend }) => {
    const x = inputs.x as TensorInfo;
    if (x.dtype !== 'bool') return undefined;
    const aligned = align(backend, [x]);
    return show(backend, aligned, not(aligned.values[0]!, each(backend, aligned, 'bool')));
  }),
  recorded('Select', ({ inputs, backend }) => {
    const { condition, t, e } = inputs as Readonly<Record<'condition' | 't' | 'e', TensorInfo>>;
    const dtype = t.dtype as ElementType;
    if (condition.dtype !== 'bool' || e.dtype !== dtype || !util.arraysEqual(t.shape, e.shape))
      return undefined;
    // A list of conditions chooses whole rows.
    const rows =
      condition.shape.length === 1 ? [condition.shape[0]!, ...t.shape.slice(1).fill(1)] : undefined;
    const aligned = align(backend, [rows ? { ...condition, shape: rows } : condition, t, e]);
    if (!util.arraysEqual([...aligned.told], t.shape)) return undefined;
    return show(backend, aligned, choose(aligned.values, each(backend, aligned, dtype), dtype));
  }),
];

/** A comparison of numbers; of booleans as numbers where ONNX has no order of them. */
function compare(kernelName: string, test: Test, types?: 'booleans too'): RecordedKernel {
  const asNumbers: Test = (a, b, op) => test(convert(a, 'int32', op), convert(b, 'int32', op), op);
  return combine(kernelName, { float32: test, int32: test, bool: types ? test : asNumbers });
}

function not(x: Value, op: Each): Value {
  return op('Not', [x], { type: 'bool' });
}

function choose([condition, t, e]: readonly Value[], op: Each, dtype: ElementType): Value {
  if (dtype !== 'bool') return op('Where', [condition!, t!, e!]);
  const number = (x: Value): Value => convert(x, 'int32', op);
  return convert(op('Where', [condition!, number(t!), number(e!)], { type: 'int32' }), 'bool', op);
}
