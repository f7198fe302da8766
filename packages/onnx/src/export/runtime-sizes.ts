import { constantOf } from '../graph/constants.ts';
import { hostData, type Recorder } from '../graph/recorder.ts';
import { physicalShape, type Value } from '../graph/value.ts';
import type { InputSizes } from './free-axes.ts';
import type { SizeExpression } from './size-expression.ts';

/** A number that is known, or follows a free axis. */
export type Size = number | SizeExpression;

/** Records how numbers are worked out of the inputs' sizes when the model runs. */
export class RuntimeSizes {
  readonly #recorder: Recorder;
  readonly #inputs: readonly Value[];
  readonly #axes: readonly InputSizes[];
  /** Free axes' sizes by their names. */
  readonly #sizes = new Map<string, Value>();

  constructor(recorder: Recorder, inputs: readonly Value[], axes: readonly InputSizes[]) {
    this.#recorder = recorder;
    this.#inputs = inputs;
    this.#axes = axes;
  }

  /** A vector or scalar of whole numbers, of another's type and shape. */
  valueOf(numbers: readonly Size[], { type, shape }: Value): Value {
    if (numbers.every((number) => typeof number === 'number')) {
      return constantOf(type, hostData(type, numbers), shape);
    }
    const recorder = this.#recorder;
    const parts = numbers.map((number) =>
      typeof number === 'number' ? recorder.indices([number]) : this.#expressed(number),
    );
    const spec = { type: 'int64', shape: [parts.length] } as const;
    const vector = parts.length === 1 ? parts[0]! : recorder.op('Concat', parts, { axis: 0 }, spec);
    const typed = type === 'int64' ? vector : recorder.op('Cast', [vector], { to: 6 }, { ...spec, type });
    return shape.length === 1 ? typed : recorder.op('Squeeze', [typed], {}, { type, shape });
  }

  #expressed({ name, factor, offset, divisor }: SizeExpression): Value {
    const recorder = this.#recorder;
    const spec = { type: 'int64', shape: [1] } as const;
    let size = this.#sizes.get(name);
    if (size === undefined) {
      const input = this.#axes.findIndex((axes) => axes.includes(name));
      const value = this.#inputs[input]!;
      const order = physicalShape({ shape: [...value.shape.keys()], layout: value.layout });
      const shape = recorder.op('Shape', [value], {}, { type: 'int64', shape: [order.length] });
      const axis = recorder.indices([order.indexOf(this.#axes[input]!.indexOf(name))]);
      size = recorder.op('Gather', [shape, axis], {}, spec);
      this.#sizes.set(name, size);
    }
    if (factor !== 1) size = recorder.op('Mul', [size, recorder.indices([factor])], {}, spec);
    if (offset !== 0) size = recorder.op('Add', [size, recorder.indices([offset])], {}, spec);
    if (divisor !== 1) size = recorder.op('Div', [size, recorder.indices([divisor])], {}, spec);
    return size;
  }
}
