import { operatorOf } from './operators.ts';
import type { Program } from './program.ts';
import { blockedDomain, newValue, sameShape } from './recorder.ts';
import type { Node, Value } from './value.ts';

/**
 * Takes a bias and a ReLU into the blocked convolution before them, which adds and clips while it writes: two passes over
 * the image less. (ONNX Runtime does so itself for biases that are constants.)
 *
 * Training reads the sum before the ReLU again, for the ReLU's gradient; the step of it is the step of the ReLU's result.
 *
 * @returns the program's nodes with the fused ones in place of theirs; the program is left as it is.
 */
export function fuseConvolutions({ nodes, outputs, slots }: Program): readonly Node[] {
  const readers = new Map<Value, Node[]>();
  for (const node of nodes) {
    for (const input of node.inputs) {
      if (input === undefined) continue;
      const list = readers.get(input);
      if (list) list.push(node);
      else readers.set(input, [node]);
    }
  }
  const kept = new Set(outputs);
  const readersOf = (value: Value): readonly Node[] => (kept.has(value) ? [] : (readers.get(value) ?? []));
  const onlyReader = (value: Value): Node | undefined => {
    const list = readersOf(value);
    return list.length === 1 ? list[0] : undefined;
  };
  const replaced = new Map<Node, readonly Node[]>();
  const instead = new Map<Value, Value>();
  let slot = slots;
  for (const conv of nodes) {
    const { type, domain, attributes } = conv.operator;
    if (type !== 'Conv' || domain !== blockedDomain || conv.inputs.length !== 2) continue;
    const view = onlyReader(conv.outputs[0]!);
    const add = view?.operator.type === 'Reshape' ? onlyReader(view.outputs[0]!) : undefined;
    if (view === undefined || add?.operator.type !== 'Add') continue;
    const image = view.outputs[0]!;
    const bias = biasOf(
      add.inputs.find((input) => input !== image),
      image,
    );
    if (bias === undefined) continue;
    const sum = add.outputs[0]!;
    const sumReaders = readersOf(sum);
    const relu = sumReaders.find((node) => node.operator.type === 'Relu');
    const clips = relu !== undefined && sumReaders.every((node) => node === relu || isStep(node));
    const result = clips ? relu.outputs[0]! : sum;
    if (clips) instead.set(sum, result);

    const convolved = newValue({ type: 'float32', shape: conv.outputs[0]!.shape });
    convolved.slot = slot++;
    const activated = clips ? { ...attributes, activation: 'Relu' } : attributes;
    for (const node of [conv, view, add]) replaced.set(node, []);
    replaced.set(clips ? relu : add, [
      {
        ...conv,
        operator: operatorOf('Conv', activated, blockedDomain, 1),
        inputs: [...conv.inputs, bias],
        outputs: [convolved],
      },
      { ...view, inputs: [convolved, view.inputs[1]], outputs: [result] },
    ]);
  }
  return nodes
    .flatMap((node) => replaced.get(node) ?? [node])
    .map((node) => ({ ...node, inputs: node.inputs.map((input) => input && (instead.get(input) ?? input)) }));
}

/** The vector behind what is added to an image, if it is one number for each channel; for a row or column it is no bias. */
function biasOf(added: Value | undefined, image: Value): Value | undefined {
  if (added === undefined || added.layout !== image.layout) return undefined;
  if (!sameShape(added.shape, [1, 1, 1, image.shape[3]!])) return undefined;
  let source: Value | undefined = added;
  while (source?.node?.operator.type === 'Reshape') source = source.node.inputs[0];
  return source?.shape.length === 1 ? source : undefined;
}

/** A hard sigmoid that is 0 up to 0, and 1 above: the same before a ReLU as behind it. */
function isStep({ operator: { type, attributes } }: Node): boolean {
  const { alpha, beta } = attributes as { readonly [name: string]: { readonly float: number } };
  return type === 'HardSigmoid' && alpha!.float > 1e30 && beta!.float === 0;
}
