import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { constantOf } from '../graph/constants.ts';
import type { ElementType } from '../graph/element-type.ts';
import type { Value } from '../graph/value.ts';
import { axisInMemory, uncut } from './axes.ts';
import { convert } from './cast.ts';
import { each } from './each.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';
import { floats } from './views.ts';

interface OneHotAttributes {
  readonly depth: number;
  readonly onValue: number;
  readonly offValue: number;
  readonly dtype: ElementType;
}

/** Elements taken from, and put to, places that a tensor tells. */
export const gathering: readonly RecordedKernel[] = [
  recorded<{ axis: number; batchDims: number }>('GatherV2', ({ inputs, attrs, backend }) => {
    const { x, indices } = inputs as Readonly<Record<'x' | 'indices', TensorInfo>>;
    const axis = util.parseAxisParam(attrs.axis, x.shape)[0]!;
    const size = x.shape[axis]!;
    if (indices.dtype !== 'int32' || attrs.batchDims !== 0 || isOutside(backend, indices, [size]))
      return undefined;
    const { recorder } = backend;
    const list = indices.shape.length === 1;
    const value = list ? uncut(backend, x, axis === 3 ? [1] : []) : backend.valueIn(x, 'plain');
    const { type, layout } = value;
    const shape = x.shape.toSpliced(axis, 1, ...indices.shape);
    const along = { axis: axisInMemory(layout, axis) };
    const places = backend.valueIn(indices, 'plain');
    return backend.tensorOf(recorder.op('Gather', [value, places], along, { type, shape, layout }));
  }),
  recorded('GatherNd', ({ inputs, backend }) => {
    const { params, indices } = inputs as Readonly<Record<'params' | 'indices', TensorInfo>>;
    const [shape] = backend_util.prepareAndValidate(params as never, indices as never);
    if (isOutside(backend, indices, params.shape.slice(0, indices.shape.at(-1)))) return undefined;
    const value = backend.valueIn(params, 'plain');
    const operands = [value, places(backend, indices)];
    return backend.tensorOf(backend.recorder.op('GatherND', operands, {}, { type: value.type, shape }));
  }),
  recorded('TensorScatterUpdate', ({ inputs, backend }) => {
    const { tensor, indices, updates } = inputs as Readonly<
      Record<'tensor' | 'indices' | 'updates', TensorInfo>
    >;
    const { sliceRank } = backend_util.calculateShapes(updates, indices, tensor.shape);
    if (updates.dtype !== tensor.dtype || isOutside(backend, indices, tensor.shape.slice(0, sliceRank)))
      return undefined;
    const value = backend.valueIn(tensor, 'plain');
    const list = indices.shape.length > 1 ? indices : { ...indices, shape: [...indices.shape, 1] };
    const operands = [value, places(backend, list), backend.valueIn(updates, 'plain')];
    const output = { type: value.type, shape: value.shape };
    return backend.tensorOf(backend.recorder.op('ScatterND', operands, {}, output));
  }),
  recorded<{ numSegments: number }>('UnsortedSegmentSum', ({ inputs, attrs: { numSegments }, backend }) => {
    const { x, segmentIds } = inputs as Readonly<Record<'x' | 'segmentIds', TensorInfo>>;
    if (x.dtype !== 'float32' || segmentIds.dtype !== 'int32') return undefined;
    if (segmentIds.shape.length !== 1 || numSegments === 0) return undefined;
    return backend.tensorOf(segmentSum(backend, x, segmentIds, numSegments));
  }),
  recorded<OneHotAttributes>('OneHot', ({ inputs, attrs: { depth, onValue, offValue, dtype }, backend }) => {
    const indices = inputs.indices as TensorInfo;
    if (indices.dtype !== 'int32' || depth === 0) return undefined;
    const { recorder } = backend;
    const shape = [...indices.shape, depth];
    const classes = constantOf(
      'int32',
      Int32Array.from({ length: depth }, (_, i) => i),
      [depth],
    );
    const column = recorder.reshape(backend.value(indices), [...indices.shape, 1]);
    const op = each(backend, { shape, layout: 'plain' }, dtype);
    const hot = op('Equal', [column, classes], { type: 'bool' });
    const plain = onValue === 1 && offValue === 0;
    return plain || dtype !== 'bool'
      ? backend.tensorOf(plain ? convert(hot, dtype, op) : op('Where', [hot, onValue, offValue]))
      : undefined;
  }),
  recorded<{ k: number }>('TopK', ({ inputs, attrs: { k }, backend }) => {
    const x = inputs.x as TensorInfo;
    if (k === 0 || x.dtype === 'bool') return undefined;
    const { recorder } = backend;
    const value = backend.valueIn(x, 'plain');
    const { type } = value;
    const shape = [...x.shape.slice(0, -1), k];
    const [largest, where] = recorder.emit('TopK', [value, recorder.indices([k])], { axis: -1 }, [
      { type, shape },
      { type: 'int64', shape },
    ]) as [Value, Value];
    return [largest, convert(where, 'int32', each(backend, where, 'int64'))].map((part) =>
      backend.tensorOf(part),
    );
  }),
];

/**
 * Whether indices are on the host already and wrong, which the cpu backend tells at once.
 *
 * Pending ones are left to ONNX Runtime: it refuses those that are too large when the graph runs, and counts negative
 * ones from the end.
 */
function isOutside(backend: OnnxBackend, indices: TensorInfo, sizes: readonly number[]): boolean {
  const numbers = backend.hostOf(indices) as Int32Array | undefined;
  return numbers?.some((index, i) => index < 0 || index >= sizes[i % sizes.length]!) ?? false;
}

/** Indices as ONNX wants them where it takes several at once. */
function places(backend: OnnxBackend, indices: TensorInfo): Value {
  const value = backend.valueIn(indices, 'plain');
  return convert(value, 'int64', each(backend, value, 'int64'));
}

/**
 * Sums of rows of the same number; rows of no such number are left out.
 *
 * ONNX Runtime 1.30 adds with `ScatterND` from several threads at once and loses some: `ScatterElements` is sound.
 */
function segmentSum(backend: OnnxBackend, x: TensorInfo, segmentIds: TensorInfo, count: number): Value {
  const { recorder } = backend;
  const rows = x.shape[0]!;
  const columns = util.sizeFromShape(x.shape.slice(1));
  const ids = backend.valueIn(segmentIds, 'plain');
  const op = each(backend, ids, 'int32');
  const test = { type: 'bool' } as const;
  const outside = op('Or', [op('Less', [ids, 0], test), op('GreaterOrEqual', [ids, count], test)], test);
  const safe = recorder.reshape(convert(op('Where', [outside, count, ids]), 'int64', op), [rows, 1]);
  const spread = recorder.op(
    'Expand',
    [safe, recorder.indices([rows, columns])],
    {},
    { type: 'int64', shape: [rows, columns] },
  );
  const zeros = recorder.op(
    'Expand',
    [recorder.scalar(0, 'float32'), recorder.indices([count + 1, columns])],
    {},
    floats([count + 1, columns]),
  );
  const values = backend.valueIn({ ...x, shape: [rows, columns] }, 'plain');
  const sums = recorder.op(
    'ScatterElements',
    [zeros, spread, values],
    { axis: 0, reduction: 'add' },
    floats([count + 1, columns]),
  );
  const kept = [[0], [count], [0]].map((numbers) => recorder.indices(numbers));
  const result = recorder.op('Slice', [sums, ...kept], {}, floats([count, columns]));
  return recorder.reshape(result, [count, ...x.shape.slice(1)]);
}
