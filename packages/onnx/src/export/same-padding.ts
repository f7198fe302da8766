import { operatorOf } from '../graph/operators.ts';
import { type Attributes, type Node, type Operator, physicalShape } from '../graph/value.ts';

/**
 * One operator for windows over images of several sizes that differ in their paddings alone, if those are always what makes
 * the output ⌈size / stride⌉: it pads by that rule.
 */
export function samePadding(nodes: readonly Node[]): Operator | undefined {
  const [first] = nodes as [Node];
  const { type, domain } = first.operator;
  const others = withoutPads(first);
  const text = JSON.stringify(others);
  const fit = nodes.every((node) => JSON.stringify(withoutPads(node)) === text && isPaddedSo(node));
  return fit
    ? operatorOf(type, { ...others, auto_pad: 'SAME_UPPER' }, domain, first.outputs.length)
    : undefined;
}

function withoutPads({ operator }: Node): Attributes {
  const { pads: _, ...others } = operator.attributes;
  return others;
}

function isPaddedSo({ operator: { type, attributes }, inputs }: Node): boolean {
  if (!['Conv', 'MaxPool', 'AveragePool'].includes(type)) return false;
  const { pads, kernel_shape, strides, dilations } = attributes as Readonly<
    Record<string, readonly number[]>
  >;
  if (!pads || !kernel_shape) return false;
  const sizes = physicalShape(inputs[0]!).slice(2);
  return sizes.every((size, axis) => {
    const stride = strides?.[axis] ?? 1;
    const reach = (kernel_shape[axis]! - 1) * (dilations?.[axis] ?? 1) + 1;
    const padding = Math.max((Math.ceil(size / stride) - 1) * stride + reach - size, 0);
    const before = Math.floor(padding / 2);
    return pads[axis] === before && pads[axis + sizes.length] === padding - before;
  });
}
