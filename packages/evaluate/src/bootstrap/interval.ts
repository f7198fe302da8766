/** A figure and its confidence interval; bounds of NaN, null in JSON, where fewer than two scans define it. */
export interface Interval {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/** How sure an interval is, and from how many resamples it is taken. */
export interface BootstrapOptions {
  /** Another seed, another interval; the same seed, the same one. A safe integer. */
  readonly seed: number;
  readonly resamples?: number;
  /** Share of the resamples that lie within the interval, above 0 and below 1. */
  readonly confidence?: number;
}

/**
 * The percentile interval of a bootstrap (Efron & Tibshirani, An Introduction to the Bootstrap, 1993, ch. 13): the
 * middle `confidence` of the resampled figures.
 *
 * @param resampled the figure of each resample, in any order; NaN, where a resample had none, is left out.
 * @returns bounds of NaN if no resample had the figure.
 * @throws {RangeError} if the confidence is not above 0 and below 1.
 * @example
 * ```ts
 * percentileInterval(5, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.5); // { value: 5, lower: 2.5, upper: 7.5 }
 * ```
 */
export function percentileInterval(
  value: number,
  resampled: ArrayLike<number>,
  confidence: number,
): Interval {
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`Cannot take an interval of confidence ${confidence}: give one above 0 and below 1`);
  }
  const sorted = Float64Array.from(resampled)
    .filter((figure) => !Number.isNaN(figure))
    .sort();
  const tail = (1 - confidence) / 2;
  return { value, lower: quantile(sorted, tail), upper: quantile(sorted, 1 - tail) };
}

/** The q-quantile of ascending values, linear between neighbours as NumPy's default is; NaN if there are none. */
function quantile(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = q * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (place - below);
}
