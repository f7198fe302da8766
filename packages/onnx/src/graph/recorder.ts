import { constantBy, constantOf } from './constants.ts';
import type { ElementType, HostData } from './element-type.ts';
import { operatorOf } from './operators.ts';
import { type Attributes, blockOf, type Layout, type Node, physicalShape, type Value } from './value.ts';

/** Where ONNX Runtime keeps its operators for blocked images. */
export const blockedDomain = 'com.microsoft.nchwc';

/** What a node's output is. */
export interface OutputSpec {
  readonly type: ElementType;
  /** As tfjs tells it. */
  readonly shape: readonly number[];
  readonly layout?: Layout;
}

/** The name of the form of a value that has the same number everywhere: that number. */
const uniform = 'uniform';

/** Writes down operations without running them. */
export class Recorder {
  /** In the order in which they were recorded. */
  pending: Node[] = [];
  readonly #fixedSizes: boolean;

  /** @param fixedSizes Whether the graph is for these sizes alone, so that they may be written into it for speed. */
  constructor(fixedSizes = true) {
    this.#fixedSizes = fixedSizes;
  }

  /** Records a node and returns its outputs; shapes and types are the caller's word. */
  emit(
    type: string,
    inputs: readonly (Value | undefined)[],
    attributes: Attributes,
    outputs: readonly OutputSpec[],
    domain = '',
  ): Value[] {
    const node: Node = {
      operator: operatorOf(type, attributes, domain, outputs.length),
      inputs,
      outputs: outputs.map((output) => newValue(output)),
      build: -1,
    };
    for (const output of node.outputs) output.node = node;
    this.pending.push(node);
    return node.outputs as Value[];
  }

  /** Records a node with one output. */
  op(
    type: string,
    inputs: readonly (Value | undefined)[],
    attributes: Attributes,
    output: OutputSpec,
    domain = '',
  ): Value {
    return this.emit(type, inputs, attributes, [output], domain)[0]!;
  }

  /** Whole numbers as ONNX wants its axes, shapes and indices. */
  indices(numbers: readonly number[]): Value {
    return constantBy(`indices ${numbers}`, 'int64', [numbers.length], () =>
      BigInt64Array.from(numbers, BigInt),
    );
  }

  /** One number of a type, as a scalar. */
  scalar(number: number, type: ElementType): Value {
    return constantOf(type, hostData(type, [number]), []);
  }

  /** A scalar everywhere. */
  filled(scalar: Value, shape: readonly number[]): Value {
    const output = { type: scalar.type, shape: [...shape] };
    const value = this.op('Expand', [scalar, this.indices(shape)], {}, output);
    value.forms = new Map([[uniform, scalar]]);
    return value;
  }

  /** The number that a value has everywhere, as a scalar, if it was recorded as such. */
  uniformOf(value: Value): Value | undefined {
    return value.forms?.get(uniform);
  }

  /** A few numbers with a shape. */
  floats(numbers: readonly number[], shape: readonly number[]): Value {
    return constantOf('float32', Float32Array.from(numbers), shape);
  }

  /** A constant that `make` gives for a key; it is called once. */
  constant(key: string, shape: readonly number[], make: () => Float32Array): Value {
    return constantBy(key, 'float32', shape, make);
  }

  /** A constant list of indices that `make` gives for a key; it is called once. */
  indexConstant(key: string, length: number, make: () => Int32Array): Value {
    return constantBy(key, 'int32', [length], make);
  }

  /** The same elements under another shape, in plain layout. */
  reshape(value: Value, shape: readonly number[]): Value {
    const given = this.withLayout(value, 'plain');
    // What was shown under another shape before is shown as it was.
    const reshaped = given.node?.operator.type === 'Reshape' ? given.node.inputs[0] : undefined;
    const plain = reshaped?.layout === 'plain' ? reshaped : given;
    if (sameShape(plain.shape, shape)) return plain;
    return this.form(plain, `[${shape}]`, () =>
      this.op('Reshape', [plain, this.indices(shape)], { allowzero: 1 }, { type: value.type, shape }),
    );
  }

  /** The same image in another layout; a value that is no image has the plain one only. */
  withLayout(value: Value, layout: Layout): Value {
    if (value.layout === layout) return value;
    return this.form(value, layout, () => this.#convert(value, layout));
  }

  #convert(value: Value, layout: Layout): Value {
    const { type, shape } = value;
    const output = { type, shape, layout };
    if (this.#fixedSizes && sameOrder(shape, value.layout, layout)) {
      return this.op('Reshape', [value, this.indices(physicalShape(output))], {}, output);
    }
    const from = blockOf(value.layout);
    const to = blockOf(layout);
    const [n, h, w, c] = shape as [number, number, number, number];
    if (from === 0 && to === 0) {
      const perm = layout === 'nchw' ? [0, 3, 1, 2] : [0, 2, 3, 1];
      return this.op('Transpose', [value], { perm }, output);
    }
    if (from !== 0 && to !== 0) return this.withLayout(this.withLayout(value, 'nchw'), layout);
    if (type !== 'float32') return this.#convertBlocks(value, layout, from || to);
    // ONNX Runtime's own operators for this tell the shape of a blocked image as [N, C, H, W].
    if (to !== 0) {
      const channels_last = value.layout === 'plain' ? 1 : 0;
      const blocked = this.op(
        'ReorderInput',
        [value],
        { channels_last },
        { type, shape: [n, c, h, w] },
        blockedDomain,
      );
      return this.op('Reshape', [blocked, this.indices(physicalShape(output))], {}, output);
    }
    const blocked = this.asChannels(value);
    const channels_last = layout === 'plain' ? 1 : 0;
    return this.op('ReorderOutput', [blocked], { channels: c, channels_last }, output, blockedDomain);
  }

  /** To or from blocks with ONNX's own operators, for elements that ONNX Runtime's operators for blocks do not take. */
  #convertBlocks(value: Value, layout: Layout, block: number): Value {
    const { type, shape } = value;
    const [n, h, w, c] = shape as [number, number, number, number];
    const parts = [n, h, w, c / block, block];
    if (blockOf(layout) > 0) {
      const apart = this.reshape(value, parts);
      return this.op('Transpose', [apart], { perm: [0, 3, 1, 2, 4] }, { type, shape, layout });
    }
    const apart = this.op('Transpose', [value], { perm: [0, 2, 3, 1, 4] }, { type, shape: parts });
    return this.withLayout(this.reshape(apart, shape), layout);
  }

  /** A blocked image under the shape [N, C, H, W] that operators of `blockedDomain` want to be told. */
  asChannels(value: Value): Value {
    return this.form(value, 'channels', () => {
      const [n, h, w, c] = value.shape as [number, number, number, number];
      const shape = [n, c, h, w];
      return this.op('Reshape', [value, this.indices(shape)], {}, { type: value.type, shape });
    });
  }

  /** The blocked image behind an output of an operator of `blockedDomain`. */
  fromChannels(value: Value, shape: readonly number[], layout: Layout): Value {
    const output = { type: value.type, shape, layout };
    const image = this.op('Reshape', [value, this.indices(physicalShape(output))], {}, output);
    image.forms = new Map([['channels', value]]);
    return image;
  }

  /** The axes of a value in another order, in plain layout. */
  transpose(value: Value, perm: readonly number[]): Value {
    const plain = this.withLayout(value, 'plain');
    return this.form(plain, `perm ${perm}`, () =>
      this.op(
        'Transpose',
        [plain],
        { perm },
        { type: value.type, shape: perm.map((axis) => plain.shape[axis]!) },
      ),
    );
  }

  /** A form of a value that was recorded before, if it can still be used, or a new one. */
  form(value: Value, key: string, make: () => Value): Value {
    value.forms ??= new Map();
    const made = value.forms.get(key);
    if (made && (made.data !== undefined || made.node !== undefined)) return made;
    const form = make();
    value.forms.set(key, form);
    return form;
  }

  /** Takes the first of the pending nodes, or all; when they have run, or never will, `forget` them. */
  take(count: number = this.pending.length): Node[] {
    const taken = this.pending;
    this.pending = taken.splice(count);
    return taken;
  }
}

/** Cuts values off from nodes that are not pending any more: those without elements are lost, also as forms of others. */
export function forget(nodes: readonly Node[]): void {
  for (const node of nodes) for (const output of node.outputs) output.node = undefined;
}

/** A value without elements. */
export function newValue({ type, shape, layout = 'plain' }: OutputSpec, data?: HostData): Value {
  return {
    type,
    shape,
    layout,
    node: undefined,
    data,
    constant: undefined,
    holders: 0,
    forms: undefined,
    slot: -1,
    build: -1,
  };
}

/** Whether an image's elements have the same order in two layouts: where only axes of size 1 move. */
function sameOrder(shape: readonly number[], a: Layout, b: Layout): boolean {
  const [, h, w, c] = shape as [number, number, number, number];
  if (h * w === 1) return true;
  const group = (layout: Layout): number =>
    layout === 'plain' ? c : layout === 'nchw' ? 1 : blockOf(layout);
  return group(a) === group(b);
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

/** Elements of a type from numbers. */
export function hostData(type: ElementType, numbers: ArrayLike<number>): HostData {
  switch (type) {
    case 'float32':
      return Float32Array.from(numbers);
    case 'int32':
      return Int32Array.from(numbers);
    case 'bool':
      return Uint8Array.from(numbers);
    case 'int64':
      return BigInt64Array.from(Array.from(numbers, BigInt));
  }
}
