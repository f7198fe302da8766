import { constantOf } from '../graph/constants.ts';
import type { Node, Value } from '../graph/value.ts';
import type { TracedModel } from './trace-model.ts';

/**
 * The nodes of a graph that holds for all sizes, from what was recorded for two.
 *
 * Both recordings have to be the same operations on the same constants. Only the shape that a Reshape is given may differ,
 * in one place: there, ONNX works out the size.
 *
 * @throws {Error} if anything else depends on the sizes.
 */
export function generalise(model: TracedModel, other: TracedModel): readonly Node[] {
  const { nodes } = model.program;
  const same = nodes.length === other.program.nodes.length;
  // Values of one recording, and their counterparts.
  const counterparts = new Map<Value, Value>(model.inputs.map((value, i) => [value, other.inputs[i]!]));
  return nodes.map((node, i) => {
    const twin = other.program.nodes[i];
    if (!same || twin === undefined || twin.operator !== node.operator) {
      throw new Error(
        `Cannot export with free sizes: ${node.operator.type} (operation ${i}) depends on them`,
      );
    }
    const inputs = node.inputs.map((input, place) => {
      const matching = twin.inputs[place];
      if (input === undefined || input === matching) return input;
      if (counterparts.get(input) === matching) return input;
      if (node.operator.type === 'Reshape' && place === 1) {
        const free = freeShape(input, matching!);
        if (free) return free;
      }
      throw new Error(
        `Cannot export with free sizes: ${node.operator.type} (operation ${i}) has constants that depend on them`,
      );
    });
    node.outputs.forEach((output, place) => {
      counterparts.set(output, twin.outputs[place]!);
    });
    return { ...node, inputs };
  });
}

/** The constant shape with -1 in the one place where two differ; undefined if they differ otherwise. */
function freeShape(a: Value, b: Value): Value | undefined {
  if (a.constant === undefined || b.constant === undefined) return undefined;
  const [shape, other] = [a.data as BigInt64Array, b.data as BigInt64Array];
  const differing = [...shape.keys()].filter((i) => shape[i] !== other[i]);
  if (shape.length !== other.length || differing.length !== 1) return undefined;
  return constantOf('int64', shape.with(differing[0]!, -1n), a.shape);
}
