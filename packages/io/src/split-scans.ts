import { compare } from './luna16-scans.ts';

/** Scans to train on and scans held out. */
export interface Split<T> {
  readonly training: T[];
  readonly validation: T[];
}

/**
 * Holds out one of LUNA16's official folds.
 *
 * @throws {RangeError} if no scan is of that fold.
 * @example
 * ```ts
 * const scans = [{ fold: 0 }, { fold: 1 }, { fold: 0 }];
 * splitByFold(scans, 1).training.length; // 2
 * ```
 */
export function splitByFold<T extends { readonly fold: number | undefined }>(
  scans: readonly T[],
  fold: number,
): Split<T> {
  const validation = scans.filter((scan) => scan.fold === fold);
  if (validation.length === 0) {
    const folds = [...new Set(scans.map((scan) => scan.fold ?? 'none'))].sort();
    throw new RangeError(
      `Cannot hold out fold ${fold}: no scan is of it, there are folds ${folds.join(', ')}`,
    );
  }
  return { training: scans.filter((scan) => scan.fold !== fold), validation };
}

/**
 * Holds out every `stride`-th scan of the list sorted by series UID, from `offset` on: the reference recipe's split.
 *
 * @throws {RangeError} if `stride` is under 2 or `offset` not in `[0, stride)`.
 * @example
 * ```ts
 * const scans = [{ seriesUid: 'b' }, { seriesUid: 'a' }, { seriesUid: 'c' }];
 * splitByStride(scans, 2).validation; // [{ seriesUid: 'a' }, { seriesUid: 'c' }]
 * ```
 */
export function splitByStride<T extends { readonly seriesUid: string }>(
  scans: readonly T[],
  stride = 10,
  offset = 0,
): Split<T> {
  if (
    !Number.isInteger(stride) ||
    stride < 2 ||
    !Number.isInteger(offset) ||
    offset < 0 ||
    offset >= stride
  ) {
    throw new RangeError(`Cannot split: stride ${stride} must be at least 2 and offset ${offset} under it`);
  }
  const sorted = [...scans].sort((a, b) => compare(a.seriesUid, b.seriesUid));
  return {
    training: sorted.filter((_, i) => i % stride !== offset),
    validation: sorted.filter((_, i) => i % stride === offset),
  };
}
