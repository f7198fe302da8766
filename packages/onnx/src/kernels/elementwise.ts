import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import type { ElementType } from '../graph/element-type.ts';
import type { Attributes, Layout, Value } from '../graph/value.ts';

/** Values ready for an operator that broadcasts, and what it gives. */
export interface Aligned {
  readonly values: readonly Value[];
  readonly shape: readonly number[];
  readonly layout: Layout;
}

/** Brings tensors that are to be combined element by element into one layout: that of the images among them. */
export function align(backend: OnnxBackend, tensors: readonly TensorInfo[]): Aligned {
  const values = tensors.map((tensor) => backend.value(tensor));
  const shape = values
    .map((value) => [...value.shape])
    .reduce((a, b) => backend_util.assertAndGetBroadcastShape(a, b));
  const layout = values.some((value) => value.layout === 'nchw') && shape.length === 4 ? 'nchw' : 'plain';
  return { values: values.map((value) => broadcastable(backend, value, layout)), shape, layout };
}

/** A value whose elements an operator in that layout finds where it looks for them. */
function broadcastable({ recorder }: OnnxBackend, value: Value, layout: Layout): Value {
  if (layout === 'plain') return recorder.withLayout(value, 'plain');
  if (value.shape.every((size) => size === 1)) return recorder.withLayout(value, 'plain');
  const image =
    value.shape.length === 4
      ? value
      : recorder.reshape(value, [...Array<number>(4 - value.shape.length).fill(1), ...value.shape]);
  return recorder.withLayout(image, layout);
}

/** Records an operator that works element by element and returns the tensor of its result. */
export function elementwise(
  backend: OnnxBackend,
  operator: string,
  tensors: readonly TensorInfo[],
  type: ElementType,
  attributes: Attributes = {},
): TensorInfo {
  const { values, shape, layout } = align(backend, tensors);
  return backend.tensorOf(backend.recorder.op(operator, values, attributes, { type, shape, layout }));
}
