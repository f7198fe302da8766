import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import type { ElementType } from '../graph/element-type.ts';
import { blockOf, physicalShape, type Value } from '../graph/value.ts';
import { axesInMemory, axisInMemory, inPlainOrder } from './axes.ts';
import { convert } from './cast.ts';
import { channelMeans } from './channel-means.ts';
import { each } from './each.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';
import { floats, sizeOf } from './views.ts';

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

/** Reduces in the layout that the value has, if the result can be told without moving elements. */
function reduced(
  backend: OnnxBackend,
  operator: string,
  given: Value,
  axes: readonly number[],
  keepDims: boolean,
): Value {
  const kept = given.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const { recorder } = backend;
  const ones = given.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const shape = keepDims ? ones : kept.map((axis) => given.shape[axis]!);
  const channelsAlone = kept.length === 1 && kept[0] === 3 && blockOf(given.layout) > 0;
  if (channelsAlone && given.type === 'float32' && /^Reduce(Sum|Mean)$/.test(operator)) {
    const means = channelMeans(backend, given);
    const pixels = recorder.scalar(sizeOf(given.shape) / given.shape[3]!, 'float32');
    const totals = operator === 'ReduceMean' ? means : recorder.op('Mul', [means, pixels], {}, means);
    return recorder.reshape(totals, shape);
  }
  const whole = keepDims && (blockOf(given.layout) === 0 || kept.includes(3));
  const value = whole || inPlainOrder(given, kept) ? given : recorder.withLayout(given, 'plain');
  const { type, layout } = value;
  const along = axes.flatMap((axis) => axesInMemory(layout, axis));
  const inputs = [inPart(backend, operator, value, along), recorder.indices(along)];
  const attributes = { keepdims: whole ? 1 : 0, noop_with_empty_axes: 1 };
  if (whole) return recorder.op(operator, inputs, attributes, { type, shape: ones, layout });
  const left = leftInMemory(value, along);
  return recorder.reshape(recorder.op(operator, inputs, attributes, { type, shape: left }), shape);
}

/**
 * A value whose last axis among several is reduced already, if sums are long.
 *
 * ONNX Runtime adds one number after the other, in float32: a sum of sums has far less rounding, and along several outer
 * axes takes a fraction of the time.
 */
function inPart({ recorder }: OnnxBackend, operator: string, value: Value, along: readonly number[]): Value {
  const memory = physicalShape(value);
  const axes = along.filter((axis) => memory[axis]! > 1);
  const summands = sizeOf(axes.map((axis) => memory[axis]!));
  const adds = value.type === 'float32' && /^Reduce(Sum|Mean)$/.test(operator);
  if (!adds || axes.length < 2 || summands < manySummands) return value;
  const last = Math.max(...axes);
  const shape = memory.with(last, 1);
  return recorder.op(operator, [value, recorder.indices([last])], { keepdims: 1 }, floats(shape));
}

/** So many numbers are not added one after the other, if they have several axes. */
const manySummands = 2 ** 13;

/** The sizes in memory of the axes that a reduction leaves. */
function leftInMemory(value: Value, along: readonly number[]): number[] {
  return physicalShape(value).filter((_, axis) => !along.includes(axis));
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
    const along = axisInMemory(value.layout, axis);
    const output = { type: 'int64', shape: leftInMemory(value, [along]) } as const;
    const found = backend.recorder.op(kernelName, [numbers], { axis: along, keepdims: 0 }, output);
    const places = convert(found, 'int32', each(backend, found, 'int64'));
    return backend.tensorOf(backend.recorder.reshape(places, shape));
  });
}
