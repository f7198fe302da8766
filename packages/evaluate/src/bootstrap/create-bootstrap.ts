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
    return Number.isNaN(value) ? null : percentileInterval(value, drawn.map(figureOf), confidence);
  };
}
