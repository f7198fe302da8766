import { backend_util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { sameShape } from '../graph/recorder.ts';
import { blockOf, type Layout, type Value } from '../graph/value.ts';
import { sizeOf } from './views.ts';

/** Values ready for an operator that broadcasts, and what it gives. */
export interface Aligned {
  /** The shape that tfjs is told of the result. */
  readonly told: readonly number[];
  readonly values: readonly Value[];
  readonly shape: readonly number[];
  readonly layout: Layout;
}

/** Brings tensors that are to be combined element by element into one layout: that of the images among them. */
export function align(backend: OnnxBackend, tensors: readonly TensorInfo[]): Aligned {
  const given = tensors.map((tensor) => backend.value(tensor));
  const shape = given
    .map((value) => [...value.shape])
    .reduce((a, b) => backend_util.assertAndGetBroadcastShape(a, b));
  const layout = shape.length === 4 ? commonLayout(given, shape) : 'plain';
  const { recorder } = backend;
  const others = given.some((value) => !recorder.uniformOf(value) && sameShape(value.shape, shape));
  // One number everywhere is that number, where another value tells the shape.
  const operands = given.map((value) => (others ? (recorder.uniformOf(value) ?? value) : value));
  const rows = layout === 'plain' ? withoutLastOne(backend, operands, shape) : undefined;
  if (rows) return { ...rows, layout, told: shape };
  const values = operands.map((value) => broadcastable(backend, value, layout));
  return { values, shape, layout, told: shape };
}

/**
 * Values whose last axis has size 1, without it: ONNX Runtime's loops are along the last axis.
 *
 * @returns undefined if something would have to be repeated along the other axes.
 */
function withoutLastOne(
  { recorder }: OnnxBackend,
  values: readonly Value[],
  shape: readonly number[],
): Pick<Aligned, 'values' | 'shape'> | undefined {
  const simple = values.every((value) => sameShape(value.shape, shape) || value.shape.length === 0);
  if (!simple || shape.length < 2 || shape.at(-1) !== 1) return undefined;
  const flat = [sizeOf(shape)];
  return {
    values: values.map((value) => (value.shape.length === 0 ? value : recorder.reshape(value, flat))),
    shape: flat,
  };
}

/** The layout of the images that have the result's shape: a blocked one, if any has it. */
function commonLayout(values: readonly Value[], shape: readonly number[]): Layout {
  const layouts = values.filter((value) => sameShape(value.shape, shape)).map(({ layout }) => layout);
  return layouts.find((layout) => blockOf(layout) > 0) ?? (layouts.includes('nchw') ? 'nchw' : 'plain');
}

/** A value whose elements an operator in that layout finds where it looks for them. */
function broadcastable({ recorder }: OnnxBackend, value: Value, layout: Layout): Value {
  if (layout === 'plain' || value.shape.every((size) => size === 1))
    return recorder.withLayout(value, 'plain');
  const image =
    value.shape.length === 4
      ? value
      : recorder.reshape(value, [...Array<number>(4 - value.shape.length).fill(1), ...value.shape]);
  const [n, h, w, c] = image.shape as [number, number, number, number];
  // One number a pixel, for blocks of channels.
  if (blockOf(layout) > 0 && c === 1) return recorder.reshape(image, [n, 1, h, w, 1]);
  return recorder.withLayout(image, layout);
}

/** The tensor of a result, under the shape that tfjs is told. */
export function show(backend: OnnxBackend, { told }: Aligned, result: Value): TensorInfo {
  return backend.tensorOf(result, result.type as DataType, told);
}
