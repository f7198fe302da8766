import type { Mark } from '@lunet/io';

/**
 * Cuts one scan's marks as the challenge does: with more than `maximum`, those whose probability is strictly above the
 * one that ranks next, so that ties there are all dropped.
 *
 * @example
 * ```ts
 * capMarks([{ probability: 0.9 }, { probability: 0.5 }, { probability: 0.5 }], 2); // [{ probability: 0.9 }]
 * ```
 */
export function capMarks<T extends Pick<Mark, 'probability'>>(
  marks: readonly T[],
  maximum: number,
): readonly T[] {
  if (marks.length <= maximum) return marks;
  const ascending = Float64Array.from(marks, ({ probability }) => probability).sort();
  const limit = ascending[marks.length - 1 - maximum]!;
  return marks.filter(({ probability }) => probability > limit);
}
