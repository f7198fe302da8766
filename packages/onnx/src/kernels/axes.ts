import { blockOf, type Layout, type Value } from '../graph/value.ts';

/** The axes in memory of an axis that tfjs tells; the channels of a blocked image have two, blocks first. */
export function axesInMemory(layout: Layout, axis: number): readonly number[] {
  if (layout === 'plain') return [axis];
  const moved = [0, 2, 3, 1][axis]!;
  return blockOf(layout) > 0 && axis === 3 ? [1, 4] : [moved];
}

/** Whether the elements of a value are in plain order when only some axes are looked at, in whatever layout it is. */
export function inPlainOrder({ shape, layout }: Value, axes: readonly number[]): boolean {
  if (layout === 'plain') return true;
  const long = axes.filter((axis) => shape[axis]! > 1);
  return !long.includes(3) || !(long.includes(1) || long.includes(2));
}
