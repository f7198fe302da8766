import type { Recorder } from '../graph/recorder.ts';
import type { Value } from '../graph/value.ts';
import { floats, sizeOf, view } from './views.ts';

/** Pixels in memory: [outer, …size, inner], all in one piece. */
export interface Pixels {
  readonly outer: number;
  readonly size: readonly number[];
  readonly inner: number;
}

/**
 * Gives each window's gradient to the first of its maxima, where windows lie side by side and fill the image.
 *
 * One axis after the other, last axis first: the largest of a window's cells along it is found from cell to cell, its
 * gradient comes from the axes before, and goes to the cell that was larger than all before it. A window with a NaN, or with
 * several infinities of one sign, has NaN for a gradient.
 *
 * @returns the memory of the gradient by the image.
 */
export function routeToMaxima(
  recorder: Recorder,
  images: Value,
  gradients: Value,
  { outer, size, inner }: Pixels,
  window: readonly number[],
): Value {
  const axis = window.findLastIndex((length) => length > 1);
  if (axis < 0) return gradients;
  const length = window[axis]!;
  const windows = size[axis]! / length;
  const shape = [outer * sizeOf(size.slice(0, axis)) * windows, 1, sizeOf(size.slice(axis + 1)) * inner];
  const one = floats(shape);
  const all = floats(shape.with(1, length));
  const op = (type: string, inputs: readonly Value[]): Value => recorder.op(type, inputs, {}, one);

  const cells = recorder.emit(
    'Split',
    [view(recorder, images, all.shape)],
    { axis: 1, num_outputs: length },
    Array<typeof one>(length).fill(one),
  );
  let largest = cells[0]!;
  const larger = cells.slice(1).map((cell) => {
    const step = isPositive(recorder, op('Sub', [cell, largest]));
    largest = op('Max', [largest, cell]);
    return step;
  });
  const pooled = { outer, size: size.with(axis, windows), inner };
  let rest = view(recorder, routeToMaxima(recorder, largest, gradients, pooled, window.with(axis, 1)), shape);
  const shares = larger.reverse().map((step) => {
    const share = op('Mul', [step, rest]);
    rest = op('Sub', [rest, share]);
    return share;
  });
  return recorder.op('Concat', [rest, ...shares.reverse()], { axis: 1 }, all);
}

/** 1 above 0, else 0: a hard sigmoid so steep that it is a step, which is faster than a comparison. */
function isPositive(recorder: Recorder, value: Value): Value {
  const steep = { alpha: { float: 3.4e38 }, beta: { float: 0 } };
  return recorder.op('HardSigmoid', [value], steep, floats(value.shape));
}
