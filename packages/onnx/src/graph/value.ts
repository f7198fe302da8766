import type { ElementType, HostData } from './element-type.ts';

/**
 * How a value's elements lie in memory. `plain` is the order of its shape; the others are for images, whose shape is always
 * told as [N, H, W, C]: `nchw` keeps each channel's pixels together, as ONNX's convolutions want them, and the blocked
 * layouts keep 8 or 16 channels of a pixel together, [N, C/16, H, W, 16], as ONNX Runtime's fast convolutions do.
 */
export type Layout = 'plain' | 'nchw' | 'nchw8c' | 'nchw16c';

/** Channels that a blocked layout keeps together; 0 for the other layouts. */
export function blockOf(layout: Layout): 0 | 8 | 16 {
  return layout === 'nchw16c' ? 16 : layout === 'nchw8c' ? 8 : 0;
}

/** A tensor of the recorded program: computed by a node that is still pending, or held on the host. */
export interface Value {
  readonly type: ElementType;
  /** As tfjs tells it, whatever the layout. */
  readonly shape: readonly number[];
  readonly layout: Layout;
  /** The pending node that computes it. */
  node: Node | undefined;
  /** Its elements, in its layout's order, once they are known. */
  data: HostData | undefined;
  /** For constants of the graph: the number of their content, see constants.ts. */
  readonly constant: number | undefined;
  /** How many of the backend's tensors show it; those of a pending value are what a run has to give. */
  holders: number;
  /** The same elements in other layouts and shapes, made when they were asked for. */
  forms: Map<string, Value> | undefined;
  /** Its number in the graph that is being built (see program.ts), valid during one build. */
  slot: number;
  build: number;
}

/** One operation of the recorded program. */
export interface Node {
  /** Operator, domain and attributes; nodes alike share the same object. */
  readonly operator: Operator;
  /** An optional input that is left out is undefined. */
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  /** The last build that needed it. */
  build: number;
}

/** ONNX attributes: whole numbers must be told from others, so floats are wrapped. */
export type Attribute = number | string | readonly number[] | { readonly float: number };
export type Attributes = Readonly<Record<string, Attribute>>;

export interface Operator {
  readonly id: number;
  readonly type: string;
  readonly domain: string;
  readonly attributes: Attributes;
}

/** The shape in memory. */
export function physicalShape({ shape, layout }: Pick<Value, 'shape' | 'layout'>): readonly number[] {
  if (layout === 'plain') return shape;
  const [n, h, w, c] = shape as [number, number, number, number];
  const block = blockOf(layout);
  return block === 0 ? [n, c, h, w] : [n, c / block, h, w, block];
}
