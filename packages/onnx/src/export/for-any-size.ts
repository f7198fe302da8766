import { operatorOf } from '../graph/operators.ts';
import { Recorder } from '../graph/recorder.ts';
import { type Node, type Operator, physicalShape, type Value } from '../graph/value.ts';
import { type InputSizes, shapesOf, type Trial } from './free-axes.ts';
import { RuntimeSizes, type Size } from './runtime-sizes.ts';
import { samePadding } from './same-padding.ts';
import { expressSize } from './size-expression.ts';
import type { TracedModel } from './trace-model.ts';

/**
 * The nodes of a graph that holds for all sizes of the free axes, from what was recorded for some.
 *
 * All recordings have to be the same operations. Shapes, indices and counts may follow the sizes: they are worked out when
 * the model runs. Paddings that follow the sizes are those that make an output ⌈size / stride⌉.
 *
 * @throws {Error} if anything else depends on the sizes.
 */
export function forAnySize(
  traced: readonly TracedModel[],
  trials: readonly Trial[],
  axes: readonly InputSizes[],
): readonly Node[] {
  const [model] = traced as [TracedModel];
  const recorder = new Recorder(false);
  const runtimeSizes = new RuntimeSizes(recorder, model.inputs, axes);
  // Values of the first recording, and their counterparts in all.
  const counterparts = new Map<Value, readonly Value[]>(
    model.inputs.map((value, i) => [value, traced.map(({ inputs }) => inputs[i]!)]),
  );
  return model.program.nodes.flatMap((node, i) => {
    const { type } = node.operator;
    const refuse = (what: string): never => {
      const [example] = shapesOf(axes, trials[0]!).map((shape) => JSON.stringify({ ...shape }));
      const names = [...trials[0]!.keys()].map((name) => `'${name}'`).join(' and ');
      throw new Error(
        `Cannot export layer '${model.layers.get(node)}' for any ${names}: ${what} depends on the sizes; give numbers in place of names, such as dynamicAxes: [${example}]`,
      );
    };
    const alike = traced.every(({ program }) => program.nodes.length === model.program.nodes.length);
    const twins = traced.flatMap(({ program }) => program.nodes[i] ?? []);
    if (!alike || twins.some(({ operator }) => operator.type !== type)) refuse('which operations it needs');
    let operator = twins.every((twin) => twin.operator === node.operator)
      ? node.operator
      : (samePadding(twins) ?? refuse(`an attribute of its ${type}`));
    const inputs = node.inputs.map((input, place) => {
      const counterpart = twins.map((twin) => twin.inputs[place]);
      const all = complete(counterpart);
      if (input === undefined || all === undefined) return input;
      if (all.every((twin) => twin === input || equalNumbers(twin, input))) return input;
      if (counterparts.get(input)?.every((twin, trial) => twin === all[trial])) return input;
      const numbers = numbersOf(all);
      const isTarget = type === 'Reshape' && place === 1;
      const sizes = numbers && (isTarget ? targetOf(numbers, twins) : complete(numbers.map(sizeOf)));
      if (sizes === undefined) return refuse(`a constant of its ${type}`);
      // With `allowzero`, a 0 would be a size and not the input's.
      if (isTarget) operator = operatorOf(type, {}, '', 1);
      return runtimeSizes.valueOf(sizes, input);
    });
    node.outputs.forEach((output, place) => {
      const all = twins.map(({ outputs }) => outputs[place]!);
      counterparts.set(output, all);
    });
    return [...recorder.take(), { ...node, operator: operator as Operator, inputs }];
  });

  function sizeOf(numbers: readonly number[]): Size | undefined {
    return numbers.every((number) => number === numbers[0]) ? numbers[0]! : expressSize(numbers, trials);
  }

  /** What a Reshape is told: 0 for a size that its input has at the same place, −1 for one that follows from the others. */
  function targetOf(
    numbers: readonly (readonly number[])[],
    reshapes: readonly Node[],
  ): readonly Size[] | undefined {
    const from = reshapes.map(({ inputs }) => physicalShape(inputs[0]!));
    const target = numbers.map((sizes, axis) => {
      if (sizes.every((size) => size === sizes[0])) return sizes[0];
      return sizes.every((size, trial) => size === from[trial]![axis]) ? 0 : undefined;
    });
    const open = target.flatMap((size, axis) => (size === undefined ? [axis] : []));
    if (open.length < 2) return complete(target.map((size) => size ?? -1));
    const sizes = target.map((size, axis) => size ?? sizeOf(numbers[axis]!));
    const last = sizes.indexOf(undefined);
    return complete(last < 0 ? sizes : sizes.with(last, -1));
  }
}

/** The elements of known vectors of whole numbers, place by place; undefined if they are none of one length. */
function numbersOf(values: readonly Value[]): number[][] | undefined {
  const lists = complete(
    values.map(({ type, shape, data }) =>
      data && shape.length < 2 && (type === 'int64' || type === 'int32')
        ? Array.from(data, Number)
        : undefined,
    ),
  );
  if (lists === undefined || lists.some(({ length }) => length !== lists[0]!.length)) return undefined;
  return lists[0]!.map((_, place) => lists.map((list) => list[place]!));
}

function equalNumbers(a: Value, b: Value): boolean {
  const [left, right] = [a.data, b.data];
  if (left === undefined || right === undefined || a.type !== b.type) return false;
  if (String(physicalShape(a)) !== String(physicalShape(b))) return false;
  for (let i = 0; i < left.length; i++) if (!Object.is(left[i], right[i])) return false;
  return true;
}

/** The list, if nothing in it is missing. */
function complete<T>(list: readonly (T | undefined)[]): readonly T[] | undefined {
  return list.includes(undefined) ? undefined : (list as readonly T[]);
}
