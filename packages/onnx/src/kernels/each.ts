import type { OnnxBackend } from '../backend.ts';
import type { ElementType } from '../graph/element-type.ts';
import type { Attributes, Value } from '../graph/value.ts';
import type { Aligned } from './elementwise.ts';

/** Records an operator that works element by element; numbers among its inputs are constants of its type. */
export type Each = (
  operator: string,
  inputs: readonly (Value | number)[],
  options?: { readonly type?: ElementType; readonly attributes?: Attributes },
) => Value;

/** Writes formulas over elements: all results have one shape and layout, and `type` unless it is said otherwise. */
export function each(
  { recorder }: OnnxBackend,
  { shape, layout }: Pick<Aligned, 'shape' | 'layout'>,
  type: ElementType,
): Each {
  return (operator, inputs, options) =>
    recorder.op(
      operator,
      inputs.map((input) => (typeof input === 'number' ? recorder.scalar(input, type) : input)),
      options?.attributes ?? {},
      { type: options?.type ?? type, shape, layout },
    );
}
