import { checkResamples } from './check-resamples.ts';
import { type BootstrapOptions, type Interval, percentileInterval } from './interval.ts';
import { createResampler } from './random.ts';

/** A figure of some scans, each taken so many times; NaN where they do not define it. */
export type FigureOf = (times: Int32Array) => number;

/** A figure with its interval over scans; null where the scans do not define it. */
export type Figure = Interval | null;

/**
 * Resamples scans with replacement, as many as there are.
 *
 * A figure that fewer than two scans define by themselves, such as a share of the nodules of one scan, has bounds of NaN:
 * nothing tells how much it varies, and a resample could only repeat it.
 *
 * @returns a function that takes a figure of the scans themselves and, for its interval, of every resample; all figures
 *   see the same resamples.
 * @throws {RangeError} if resamples are not 1 … 100,000, the seed is no safe integer, or the confidence not above 0
 *   and below 1.
 */
export function createBootstrap(
  scans: number,
  { seed, resamples = 1000, confidence = 0.95 }: BootstrapOptions,
): (figureOf: FigureOf) => Figure {
  checkResamples(resamples);
  const draw = createResampler(scans, seed);
  const drawn = Array.from({ length: resamples }, () => draw().slice());
  const once = new Int32Array(scans).fill(1);
  return (figureOf) => {
    const value = figureOf(once);
    if (Number.isNaN(value)) return null;
    return percentileInterval(value, isDefinedTwice(figureOf, scans) ? drawn.map(figureOf) : [], confidence);
  };
}

/** Whether at least two of the scans define a figure, each by itself. */
function isDefinedTwice(figureOf: FigureOf, scans: number): boolean {
  const alone = new Int32Array(scans);
  let defining = 0;
  for (let scan = 0; scan < scans && defining < 2; scan++) {
    alone[scan] = 1;
    if (!Number.isNaN(figureOf(alone))) defining++;
    alone[scan] = 0;
  }
  return defining === 2;
}
