import { backend_util, slice_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { sameShape } from '../graph/recorder.ts';
import type { Value } from '../graph/value.ts';
import { axisInMemory, placeInMemory, uncut } from './axes.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';

interface StridedAttributes {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}

/** Parts of tensors. */
export const slicing: readonly RecordedKernel[] = [
  recorded<{ begin: number | number[]; size: number | number[] }>('Slice', ({ inputs, attrs, backend }) => {
    const x = inputs.x as TensorInfo;
    const [begin, size] = slice_util.parseSliceParams(x as never, attrs.begin, attrs.size) as [
      number[],
      number[],
    ];
    slice_util.assertParamsValid(x, begin, size);
    if (size.includes(0)) return undefined;
    const value = uncut(backend, x, begin.length === 4 ? [begin[3]!, size[3]!] : []);
    return backend.tensorOf(slice(backend, value, begin, size));
  }),
  recorded<StridedAttributes>('StridedSlice', ({ inputs, attrs, backend }) => {
    const x = inputs.x as TensorInfo;
    const info = slice_util.sliceInfo(
      x.shape,
      attrs.begin,
      attrs.end,
      attrs.strides,
      attrs.beginMask,
      attrs.endMask,
      attrs.ellipsisMask,
      attrs.newAxisMask,
      attrs.shrinkAxisMask,
    );
    const { finalShape, begin, end, strides } = info;
    if (info.isIdentity) return backend.share(x, finalShape);
    if (util.sizeFromShape(finalShape) === 0) return undefined;
    const value = backend.valueIn(x, 'plain');
    const size = slice_util.computeOutShape(begin, end, strides);
    const sliced = cut(backend, value, begin, size, strides);
    return backend.tensorOf(sliced, x.dtype, finalShape);
  }),
  recorded<{ dims: number[] }>('Reverse', ({ inputs, attrs, backend }) => {
    const x = inputs.x as TensorInfo;
    const axes = util.parseAxisParam(attrs.dims, x.shape).filter((axis) => x.shape[axis]! > 1);
    if (axes.length === 0) return backend.share(x, x.shape);
    const value = axes.includes(3) ? uncut(backend, x, [1]) : backend.value(x);
    const begin = x.shape.map((size, axis) => (axes.includes(axis) ? size - 1 : 0));
    const strides = x.shape.map((_, axis) => (axes.includes(axis) ? -1 : 1));
    return backend.tensorOf(cut(backend, value, begin, x.shape, strides));
  }),
  recorded<{ numOrSizeSplits: number[] | number; axis: number }>('SplitV', ({ inputs, attrs, backend }) => {
    const x = inputs.x as TensorInfo;
    const axis = util.parseAxisParam(attrs.axis, x.shape)[0]!;
    const sizes = backend_util.prepareSplitSize(x as never, attrs.numOrSizeSplits, axis);
    if (sizes.includes(0)) return undefined;
    return split(backend, x, axis, sizes).map((value) => backend.tensorOf(value));
  }),
  recorded<{ axis: number }>('Unpack', ({ inputs, attrs, backend }) => {
    const x = inputs.value as TensorInfo;
    const axis = util.parseAxisParam(attrs.axis, x.shape)[0]!;
    const shape = x.shape.filter((_, at) => at !== axis);
    const parts = split(backend, x, axis, Array<number>(x.shape[axis]!).fill(1));
    return parts.map((value) => backend.tensorOf(value, x.dtype, shape));
  }),
];

/** The part of a value from `begin` on. */
export function slice(
  backend: OnnxBackend,
  value: Value,
  begin: readonly number[],
  size: readonly number[],
): Value {
  return sameShape(size, value.shape)
    ? value
    : cut(
        backend,
        value,
        begin,
        size,
        size.map(() => 1),
      );
}

/** Elements from `begin` on, each `strides` apart, as many as `size` says; blocks of channels are taken whole. */
function cut(
  { recorder }: OnnxBackend,
  value: Value,
  begin: readonly number[],
  size: readonly number[],
  strides: readonly number[],
): Value {
  const { type, shape, layout } = value;
  const axes = shape
    .map((_, axis) => axis)
    .filter((axis) => size[axis] !== shape[axis] || begin[axis] !== 0 || strides[axis] !== 1);
  const starts = axes.map((axis) => placeInMemory(layout, axis, begin[axis]!));
  const ends = axes.map((axis, i) => {
    const end = starts[i]! + placeInMemory(layout, axis, size[axis]!) * strides[axis]!;
    // A negative place is counted from the end: before the first is only what is too far from there.
    return end < 0 ? -shape[axis]! - 1 : end;
  });
  const inMemory = axes.map((axis) => axisInMemory(layout, axis));
  const operands = [starts, ends, inMemory, axes.map((axis) => strides[axis]!)];
  const inputs = [value, ...operands.map((numbers) => recorder.indices(numbers))];
  return recorder.op('Slice', inputs, {}, { type, shape: size, layout });
}

/** A tensor's parts along an axis, by one operator. */
function split(backend: OnnxBackend, x: TensorInfo, axis: number, sizes: readonly number[]): Value[] {
  if (sizes.length === 1) return [backend.value(x)];
  const value = axis === 3 ? uncut(backend, x, sizes) : backend.value(x);
  const { type, shape, layout } = value;
  const lengths = backend.recorder.indices(sizes.map((size) => placeInMemory(layout, axis, size)));
  return backend.recorder.emit(
    'Split',
    [value, lengths],
    { axis: axisInMemory(layout, axis) },
    sizes.map((size) => ({ type, shape: shape.with(axis, size), layout })),
  );
}
