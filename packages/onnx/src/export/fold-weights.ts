import { newValue } from '../graph/recorder.ts';
import { type Node, physicalShape, type Value } from '../graph/value.ts';

/** A graph without the nodes that only put weights into another order or shape, and the weights that took their place. */
export interface Folded {
  readonly nodes: readonly Node[];
  /** What the new values are made of. */
  readonly origins: ReadonlyMap<Value, Value>;
}

/** Transposes and reshapes weights now rather than when the model runs. */
export function foldWeights(nodes: readonly Node[], outputs: readonly Value[]): Folded {
  const origins = new Map<Value, Value>();
  const folded = new Map<Value, Value>();
  const left: Node[] = [];
  for (const node of nodes) {
    const inputs = node.inputs.map((input) => input && (folded.get(input) ?? input));
    const [source] = inputs;
    const output = node.outputs[0]!;
    const fixed = inputs.every((input) => input?.data !== undefined) && !outputs.includes(output);
    const data = fixed ? reordered({ ...node, inputs }) : undefined;
    if (source && data) {
      const value = newValue({ ...output, shape: physicalShape(output), layout: 'plain' }, data);
      folded.set(output, value);
      origins.set(value, origins.get(source) ?? source);
    } else {
      left.push({ ...node, inputs });
    }
  }
  return { nodes: left, origins };
}

/** What a Transpose or Reshape of known numbers gives; undefined for other operators. */
function reordered({ operator, inputs }: Node): Value['data'] {
  const { data } = inputs[0]!;
  if (operator.type === 'Reshape') return data;
  if (operator.type !== 'Transpose') return undefined;
  const { perm } = operator.attributes as { readonly perm: readonly number[] };
  const shape = physicalShape(inputs[0]!);
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const sizes = perm.map((axis) => shape[axis]!);
  const steps = perm.map((axis) => strides[axis]!);
  const result = data!.slice();
  const index = sizes.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = data![from]!;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++index[axis]! < sizes[axis]!) break;
      from -= steps[axis]! * sizes[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}
