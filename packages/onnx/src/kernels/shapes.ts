import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import type { Value } from '../graph/value.ts';
import { axisInMemory, memoryRank, placeInMemory, uncut } from './axes.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';

/** How far each axis grows at its start and its end. */
type Paddings = readonly (readonly [number, number])[];

interface MirrorAttributes {
  readonly paddings: Paddings;
  readonly mode: 'reflect' | 'symmetric';
}

/** Axes in another order, added, repeated and padded. */
export const shapes: readonly RecordedKernel[] = [
  recorded<{ perm: number[] }>('Transpose', ({ inputs, attrs: { perm }, backend }) => {
    const x = inputs.x as TensorInfo;
    if (perm.every((axis, i) => axis === i)) return backend.share(x, x.shape);
    const value = uncut(backend, x, [1]);
    if (value.layout === 'plain') return backend.tensorOf(backend.recorder.transpose(value, perm));
    const output = { type: value.type, shape: perm.map((axis) => x.shape[axis]!) };
    const inMemory = perm.map((axis) => axisInMemory(value.layout, axis));
    return backend.tensorOf(backend.recorder.op('Transpose', [value], { perm: inMemory }, output));
  }),
  recorded<{ dim: number }>('ExpandDims', ({ inputs, attrs: { dim }, backend }) => {
    const x = inputs.input as TensorInfo;
    const rank = x.shape.length;
    util.assert(-(rank + 1) <= dim, () => `Axis must be in the interval [${-(rank + 1)}, ${rank}]`);
    return backend.share(x, x.shape.toSpliced(dim < 0 ? rank + dim + 1 : dim, 0, 1));
  }),
  recorded<{ reps: number[] }>('Tile', ({ inputs, attrs: { reps }, backend }) => {
    const x = inputs.x as TensorInfo;
    if (reps.every((count) => count === 1)) return backend.share(x, x.shape);
    if (reps.includes(0)) return undefined;
    const value = backend.value(x);
    const { type, layout } = value;
    const counts = Array<number>(memoryRank(value)).fill(1);
    reps.forEach((count, axis) => {
      counts[axisInMemory(layout, axis)] = count;
    });
    const output = { type, shape: x.shape.map((size, axis) => size * reps[axis]!), layout };
    return backend.tensorOf(
      backend.recorder.op('Tile', [value, backend.recorder.indices(counts)], {}, output),
    );
  }),
  recorded<{ paddings: Paddings; constantValue: number }>('PadV2', ({ inputs, attrs, backend }) => {
    const value = uncut(backend, inputs.x!, attrs.paddings[3] ?? []);
    return backend.tensorOf(pad(backend, value, attrs.paddings, 'constant', attrs.constantValue));
  }),
  recorded<MirrorAttributes>('MirrorPad', ({ inputs, attrs: { paddings, mode }, backend }) => {
    const channels = paddings[3]?.some((width) => width > 0) ? [1] : [];
    const value = uncut(backend, inputs.x!, channels);
    const mirrored =
      mode === 'reflect'
        ? pad(backend, value, paddings, 'reflect', 0)
        : paddings.reduce((part, widths, axis) => mirror(backend, part, axis, widths), value);
    return backend.tensorOf(mirrored);
  }),
];

/** A value with more at the ends of its axes; what it is filled with counts for mode `constant`. */
export function pad(
  { recorder }: OnnxBackend,
  value: Value,
  paddings: Paddings,
  mode: 'constant' | 'reflect',
  filled: number,
): Value {
  const { type, layout } = value;
  const axes = paddings.map((_, axis) => axis).filter((axis) => paddings[axis]!.some((width) => width > 0));
  if (axes.length === 0) return value;
  const widths = [0, 1].flatMap((side) =>
    axes.map((axis) => placeInMemory(layout, axis, paddings[axis]![side]!)),
  );
  const inputs = [
    value,
    recorder.indices(widths),
    recorder.scalar(filled, type),
    recorder.indices(axes.map((axis) => axisInMemory(layout, axis))),
  ];
  const shape = value.shape.map((size, axis) => paddings[axis]![0] + size + paddings[axis]![1]);
  return recorder.op('Pad', inputs, { mode }, { type, shape, layout });
}

/** Repeats what is at the ends of an axis, backwards. */
function mirror(
  { recorder }: OnnxBackend,
  value: Value,
  axis: number,
  [before, after]: readonly [number, number],
): Value {
  if (before + after === 0) return value;
  const { type, layout } = value;
  const size = value.shape[axis]!;
  const places = Array.from({ length: before + size + after }, (_, i) => {
    const place = i - before;
    return place < 0 ? -1 - place : place < size ? place : 2 * size - 1 - place;
  });
  const output = { type, shape: value.shape.with(axis, places.length), layout };
  const along = { axis: axisInMemory(layout, axis) };
  return recorder.op('Gather', [value, recorder.indices(places)], along, output);
}
