import { Numbered } from './numbered.ts';
import { type Node, physicalShape, type Value } from './value.ts';

/** What one run computes: the pending nodes that its outputs need, numbered. */
export interface Program {
  /** In the order in which they were recorded, which is one that can be run. */
  readonly nodes: readonly Node[];
  /** Values on the host that the nodes read. */
  readonly inputs: readonly Value[];
  readonly constants: readonly Value[];
  readonly outputs: readonly Value[];
  /** How many values are numbered. */
  readonly slots: number;
  /** Two programs with the same numbers here are the same graph, but for what their constants hold; results have the same shapes. */
  readonly signature: Int32Array;
}

let builds = 0;
const shapes = new Numbered<number>();
let numbers = new Int32Array(4096);

/** Numbers the nodes that `outputs` need, their inputs and constants, by first use. */
export function buildProgram(pending: readonly Node[], outputs: readonly Value[]): Program {
  const build = ++builds;
  for (const { node } of outputs) if (node) node.build = build;
  const needed: Node[] = [];
  for (let i = pending.length - 1; i >= 0; i--) {
    const node = pending[i]!;
    if (node.build !== build) continue;
    needed.push(node);
    for (const input of node.inputs) if (input?.node) input.node.build = build;
  }
  const nodes = needed.reverse();
  const inputs: Value[] = [];
  const constants: Value[] = [];
  let slots = 0;
  let length = 0;
  const write = (number: number): void => {
    if (length === numbers.length) {
      const larger = new Int32Array(2 * length);
      larger.set(numbers);
      numbers = larger;
    }
    numbers[length++] = number;
  };
  const enter = (value: Value): void => {
    value.build = build;
    value.slot = slots++;
  };
  for (const node of nodes) {
    for (const input of node.inputs) {
      if (input === undefined || input.build === build) continue;
      enter(input);
      const fixed = input.constant !== undefined;
      (fixed ? constants : inputs).push(input);
      write(fixed ? -2 : -1);
      write(shapeNumber(input));
    }
    write(node.operator.id);
    write(node.inputs.length);
    for (const input of node.inputs) write(input === undefined ? -3 : input.slot);
    for (const output of node.outputs) enter(output);
  }
  write(-4);
  for (const output of outputs) {
    write(output.slot);
    write(shapeNumber(output));
  }
  return { nodes, inputs, constants, outputs, slots, signature: numbers.slice(0, length) };
}

/** A number for a type and a shape in memory. */
function shapeNumber(value: Value): number {
  return shapes.get(`${value.type}[${physicalShape(value)}]`, (number) => number);
}

/** The name of a value in the model of the program that was built last. */
export function nameOf(value: Value): string {
  return `v${value.slot}`;
}

/** The numbers' own bytes as a string: a key that is equal only where all numbers are. */
export function keyOf(signature: Int32Array): string {
  return Buffer.from(signature.buffer, signature.byteOffset, signature.byteLength).toString('latin1');
}
