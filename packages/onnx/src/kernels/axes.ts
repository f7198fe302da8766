import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { blockOf, type Layout, type Value } from '../graph/value.ts';

/** The axes in memory of an axis that tfjs tells; the channels of a blocked image have two, blocks first. */
export function axesInMemory(layout: Layout, axis: number): readonly number[] {
  if (layout === 'plain') return [axis];
  if (axis === 3) return blockOf(layout) > 0 ? [1, 4] : [1];
  return [axis === 0 ? 0 : axis + 1];
}

/** The first axis in memory of an axis that tfjs tells: that of whole blocks for channels. */
export function axisInMemory(layout: Layout, axis: number): number {
  return axesInMemory(layout, axis)[0]!;
}

/** A place on an axis as it is counted in memory: in blocks for the channels of a blocked image. */
export function placeInMemory(layout: Layout, axis: number, place: number): number {
  return axis === 3 ? place / (blockOf(layout) || 1) : place;
}

/** How many axes a value has in memory. */
export function memoryRank({ shape, layout }: Value): number {
  return blockOf(layout) > 0 ? 5 : shape.length;
}

/** Whether the elements of a value are in plain order when only some axes are looked at, in whatever layout it is. */
export function inPlainOrder({ shape, layout }: Value, axes: readonly number[]): boolean {
  if (layout === 'plain') return true;
  const long = axes.filter((axis) => shape[axis]! > 1);
  return !long.includes(3) || !(long.includes(1) || long.includes(2));
}

/** A tensor's value in its layout, unless that has blocks which would be cut before one of these channels. */
export function uncut(backend: OnnxBackend, tensor: TensorInfo, channels: readonly number[]): Value {
  const value = backend.value(tensor);
  const block = blockOf(value.layout);
  return block > 0 && channels.some((channel) => channel % block !== 0)
    ? backend.recorder.withLayout(value, 'nchw')
    : value;
}
