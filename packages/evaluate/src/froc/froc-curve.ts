/**
 * What a FROC curve is drawn from: an entry for every nodule found, with the probability of its best hit, and one for
 * every false positive; the most probable first. Nodules missed have no entry, they count in `nodulesPerScan` alone.
 */
export interface FrocRanking {
  /** Descending. */
  readonly probability: Float64Array;
  /** 1 for a nodule, 0 for a false positive. */
  readonly isNodule: Uint8Array;
  /** The scan that the entry is of, as its place in `nodulesPerScan`. */
  readonly scan: Uint32Array;
  /** Every scan's nodules, found or missed; nodule-free scans are in the list with 0. */
  readonly nodulesPerScan: Uint32Array;
}

/** A FROC curve: from its start at (0, 0) to the point where every mark is taken. */
export interface FrocPoints {
  /** Ascending. */
  readonly falsePositivesPerScan: number[];
  /** Share of all nodules, 0 … 1; NaN where there are none. */
  readonly sensitivity: number[];
  /** The lowest probability that is taken at the point. */
  readonly threshold: number[];
}

/** Sorts entries by probability, descending. */
export function rankEntries(
  probability: ArrayLike<number>,
  isNodule: ArrayLike<number>,
  scan: ArrayLike<number>,
  nodulesPerScan: Uint32Array,
): FrocRanking {
  const order = Uint32Array.from(probability, (_, entry) => entry);
  order.sort((a, b) => probability[b]! - probability[a]!);
  return {
    probability: Float64Array.from(order, (entry) => probability[entry]!),
    isNodule: Uint8Array.from(order, (entry) => isNodule[entry]!),
    scan: Uint32Array.from(order, (entry) => scan[entry]!),
    nodulesPerScan,
  };
}

/**
 * Draws the FROC curve of a ranking, point for point as the official script does with scikit-learn's `roc_curve`:
 * entries of one probability make one point; points in the middle of a straight run are left out; the first point is
 * (0, 0), at a threshold of the highest probability plus 1 (of 1 if there is no entry at all).
 */
export function frocCurve({ probability, isNodule, nodulesPerScan }: FrocRanking): FrocPoints {
  const scans = nodulesPerScan.length;
  const nodules = nodulesPerScan.reduce((sum, count) => sum + count, 0);
  const found: number[] = [];
  const wrong: number[] = [];
  const thresholds: number[] = [];
  let truePositives = 0;
  let falsePositives = 0;
  for (const [entry, value] of probability.entries()) {
    if (isNodule[entry] === 1) truePositives++;
    else falsePositives++;
    if (value === probability[entry + 1]) continue;
    found.push(truePositives);
    wrong.push(falsePositives);
    thresholds.push(value);
  }
  const isCorner = (point: number): boolean =>
    point === 0 || point === thresholds.length - 1 || isBend(found, point) || isBend(wrong, point);
  const corners = thresholds.map((_, point) => point).filter(isCorner);
  return {
    falsePositivesPerScan: [0, ...corners.map((point) => wrong[point]! / scans)],
    sensitivity: [0 / nodules, ...corners.map((point) => found[point]! / nodules)],
    threshold: [(probability[0] ?? 0) + 1, ...corners.map((point) => thresholds[point]!)],
  };
}

/** Whether the step to a point differs from the step after it. */
function isBend(counts: readonly number[], point: number): boolean {
  return counts[point]! - counts[point - 1]! !== counts[point + 1]! - counts[point]!;
}
