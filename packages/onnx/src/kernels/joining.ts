import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { blockOf, type Layout } from '../graph/value.ts';
import { axisInMemory } from './axes.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';

/** Tensors put together. */
export const joining: readonly RecordedKernel[] = [
  recorded<{ axis: number }>('Concat', ({ inputs, attrs, backend }) => {
    const tensors = Object.values(inputs);
    const axis = util.parseAxisParam(attrs.axis, tensors[0]!.shape)[0]!;
    backend_util.assertParamsConsistent(
      tensors.map(({ shape }) => shape),
      axis,
    );
    return concat(backend, tensors, axis);
  }),
  recorded<{ axis: number }>('Pack', ({ inputs, attrs, backend }) => {
    const tensors = Object.values(inputs);
    const first = tensors[0]!;
    for (const { shape, dtype } of tensors) {
      util.assertShapesMatch(first.shape, shape, 'All tensors passed to stack must have matching shapes');
      util.assert(dtype === first.dtype, () => 'All tensors passed to stack must have matching dtypes');
    }
    const axis = util.parseAxisParam(attrs.axis, [...first.shape, 1])[0]!;
    const thin = tensors.map((tensor) => ({ ...tensor, shape: first.shape.toSpliced(axis, 0, 1) }));
    return concat(backend, thin, axis);
  }),
];

function concat(backend: OnnxBackend, tensors: readonly TensorInfo[], axis: number): TensorInfo | undefined {
  const [first] = tensors as [TensorInfo];
  if (tensors.length === 1) return backend.share(first, first.shape);
  if (tensors.some(({ dtype }) => dtype !== first.dtype)) return undefined;
  const shape = backend_util.computeOutShape(
    tensors.map((tensor) => tensor.shape),
    axis,
  );
  const layout = layoutOf(backend, tensors, axis);
  const values = tensors.map((tensor) => backend.valueIn(tensor, layout));
  const attributes = { axis: axisInMemory(layout, axis) };
  const output = { type: values[0]!.type, shape, layout };
  return backend.tensorOf(backend.recorder.op('Concat', values, attributes, output));
}

/** A layout that all can be brought into: a blocked one that one of them has, if its blocks stay whole. */
function layoutOf(backend: OnnxBackend, tensors: readonly TensorInfo[], axis: number): Layout {
  const layouts = tensors.map((tensor) => backend.value(tensor).layout);
  const blocked = layouts.find((layout) => blockOf(layout) > 0);
  const whole = blocked && (axis !== 3 || tensors.every(({ shape }) => shape[3]! % blockOf(blocked) === 0));
  if (whole) return blocked;
  return layouts.some((layout) => layout !== 'plain') ? 'nchw' : 'plain';
}
