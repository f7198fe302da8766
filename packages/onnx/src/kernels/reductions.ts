import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import type { ElementType } from '../graph/element-type.ts';
import { blockOf, type Value } from '../graph/value.ts';
import { axesInMemory, inPlainOrder } from './axes.ts';
import { convert } from './cast.ts';
import { each } from './each.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';

/** What a reduction is told; tfjs has two names for the axes. */
interface ReductionAttributes {
  readonly axis?: number | number[];
  readonly reductionIndices?: number | number[];
  readonly keepDims: boolean;
}

/** Sums, means, extremes and their like along axes. */
export const reductions: readonly RecordedKernel[] = [
  reduction('Sum', (x) => (x.dtype === 'bool' ? 'int32' : x.dtype)),
  reduction('Prod', (x) => (x.dtype === 'bool' ? 'int32' : x.dtype)),
  reduction('Mean', () => 'float32'),
  reduction('Max', (x) => x.dtype),
  reduction('Min', (x) => x.dtype),
  reduction('All', () => 'bool', 'Min'),
  reduction('Any', () => 'bool', 'Max'),
  extreme('ArgMax'),
  extreme('ArgMin'),
];

/** A reduction that is done with elements of the type of its result. */
function reduction(
  kernelName: string,
  resultType: (x: TensorInfo) => TensorInfo['dtype'],
  operator = kernelName,
): RecordedKernel {
  return recorded<ReductionAttributes>(kernelName, ({ inputs, attrs, backend }) => {
    const x = inputs.x as TensorInfo;
    // Without axes it is all of them, which tfjs' types do not tell.
    const axes = util.parseAxisParam((attrs.axis ?? attrs.reductionIndices) as number, x.shape);
    const value = backend.value(x);
    const type = resultType(x) as ElementType;
    const numbers = convert(value, type, each(backend, value, value.type));
    const reduce = (name: string, of: Value): Value =>
      reduced(backend, `Reduce${name}`, of, axes, attrs.keepDims);
    const result = reduce(operator, numbers);
    const ignoresNaN = type === 'float32' && (operator === 'Max' || operator === 'Min');
    if (!ignoresNaN) return backend.tensorOf(result);
    const notNumbers = each(backend, numbers, type)('IsNaN', [numbers], { type: 'bool' });
    const op = each(backend, result, type);
    return backend.tensorOf(op('Where', [reduce('Max', notNumbers), Number.NaN, result]));
  });
}

/**
 * The sum of each channel of a blocked image, [C]: the pixels of each image first, then the images.
 *
 * ONNX Runtime is several times slower where what it keeps lies between what it adds up.
 */
function channelSums({ recorder }: OnnxBackend, value: Value): Value {
  const block = blockOf(value.layout);
  const [n, h, w, c] = value.shape as [number, number, number, number];
  const { type } = value;
  const reduce = (of: Value, axis: number, shape: readonly number[]): Value =>
    recorder.op('ReduceSum', [of, recorder.indices([axis])], { keepdims: 0 }, { type, shape });
  const shape = [n, c / block, h * w, block];
  const pixels = recorder.op('Reshape', [value, recorder.indices(shape)], {}, { type, shape });
  const images = reduce(pixels, 2, [n, c / block, block]);
  return recorder.reshape(reduce(images, 0, [c / block, block]), [c]);
}

/** Reduces in the layout that the value has, if the result can be told without moving elements. */
function reduced(
  backend: OnnxBackend,
  operator: string,
  given: Value,
  axes: readonly number[],
  keepDims: boolean,
): Value {
  const kept = given.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const channelsAlone = kept.length === 1 && kept[0] === 3 && blockOf(given.layout) > 0;
  if (channelsAlone && !keepDims && operator === 'ReduceSum') return channelSums(backend, given);
  const { recorder } = backend;
  const ones = given.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const shape = keepDims ? ones : kept.map((axis) => given.shape[axis]!);
  const whole = keepDims && (blockOf(given.layout) === 0 || kept.includes(3));
  const value = whole || inPlainOrder(given, kept) ? given : recorder.withLayout(given, 'plain');
  const { type, layout } = value;
  const inputs = [value, recorder.indices(axes.flatMap((axis) => axesInMemory(layout, axis)))];
  const attributes = { keepdims: whole ? 1 : 0, noop_with_empty_axes: 1 };
  if (whole) return recorder.op(operator, inputs, attributes, { type, shape: ones, layout });
  const blocks = blockOf(layout) > 0 && kept.includes(3);
  const left = kept.map((axis) => value.shape[axis]!);
  const inMemory = blocks ? [...left.slice(0, -1), left.at(-1)! / blockOf(layout), blockOf(layout)] : left;
  return recorder.reshape(recorder.op(operator, inputs, attributes, { type, shape: inMemory }), shape);
}

/** Where along one axis the first largest or smallest number is; NaN is passed over. */
function extreme(kernelName: 'ArgMax' | 'ArgMin'): RecordedKernel {
  return recorded<{ axis: number }>(kernelName, ({ inputs, attrs, backend }) => {
    const x = inputs.x as TensorInfo;
    if (x.dtype === 'bool') return undefined;
    const axis = util.parseAxisParam(attrs.axis, x.shape)[0]!;
    const [shape] = backend_util.computeOutAndReduceShapes(x.shape, [axis]);
    const kept = x.shape.map((_, at) => at).filter((at) => at !== axis);
    const given = backend.value(x);
    const fits = inPlainOrder(given, kept) && blockOf(given.layout) === 0;
    const value = fits ? given : backend.valueIn(x, 'plain');
    const op = each(backend, value, value.type);
    const last = kernelName === 'ArgMax' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    const numbers =
      value.type === 'float32' ? op('Where', [op('IsNaN', [value], { type: 'bool' }), last, value]) : value;
    const attributes = { axis: axesInMemory(value.layout, axis)[0]!, keepdims: 0 };
    const found = backend.recorder.op(kernelName, [numbers], attributes, { type: 'int64', shape });
    return backend.tensorOf(convert(found, 'int32', each(backend, found, 'int64')));
  });
}
