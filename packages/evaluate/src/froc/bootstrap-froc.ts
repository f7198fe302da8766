import { checkResamples } from '../bootstrap/check-resamples.ts';
import { type BootstrapOptions, type Interval, percentileInterval } from '../bootstrap/interval.ts';
import { createResampler } from '../bootstrap/random.ts';
import { cpm, type Froc, officialRates, sensitivityAt } from './froc.ts';
import type { FrocRanking } from './froc-curve.ts';

/** A FROC curve's confidence band. */
export interface FrocBand {
  /** Ascending. */
  readonly falsePositivesPerScan: number[];
  /** Mean sensitivity of the resamples at each rate. */
  readonly mean: number[];
  readonly lower: number[];
  readonly upper: number[];
  /** The sensitivities at the seven official rates, with their intervals. */
  readonly sensitivityAt: Interval[];
  readonly cpm: Interval;
}

const STEPS_PER_OCTAVE = 16;

/** 1/8 … 8 false positives per scan, as evenly spaced as a logarithmic axis shows them; the official rates are in it. */
const bandRates: readonly number[] = Array.from(
  { length: 6 * STEPS_PER_OCTAVE + 1 },
  (_, step) => 2 ** (step / STEPS_PER_OCTAVE - 3),
);

/**
 * Draws a FROC curve's confidence band: scans are resampled with replacement, and the curve of each resample is read at
 * the rates. The bounds are percentiles; a resample without a nodule has no curve and is left out. Where fewer than two
 * scans hold a nodule, all bounds are NaN: nothing tells how much the sensitivity varies.
 *
 * The marks are ranked once; a resample then counts each scan's entries as often as it was drawn, in one pass down to
 * the highest rate.
 *
 * @param options.rates false positives per scan; by default 97, from 1/8 to 8, evenly spaced on a logarithmic axis.
 * @throws {RangeError} if a rate is not 0 or more, resamples are not 1 … 100,000, the seed is no safe integer, or
 *   the confidence is not above 0 and below 1.
 * @example
 * ```ts
 * const nodule = { centerWorld: [0, 0, 0], diameterMm: 6 };
 * const score = froc([
 *   { seriesUid: 'a', nodules: [nodule], marks: [{ centerWorld: [1, 0, 0], probability: 0.9 }] },
 *   { seriesUid: 'b', nodules: [nodule], marks: [] },
 * ]);
 * bootstrapFroc(score, { seed: 1 }).cpm; // { value: 0.5, lower: 0, upper: 1 }
 * ```
 */
export function bootstrapFroc(
  froc: Pick<Froc, 'points' | 'ranking'>,
  {
    seed,
    resamples = 1000,
    confidence = 0.95,
    rates = bandRates,
  }: BootstrapOptions & { readonly rates?: readonly number[] },
): FrocBand {
  checkResamples(resamples);
  const bad = rates.find((rate) => !(rate >= 0));
  if (bad !== undefined) {
    throw new RangeError(`Cannot draw a band at ${bad} false positives per scan: give 0 or more`);
  }
  const falsePositivesPerScan = [...rates].sort((a, b) => a - b);
  const allRates = [...new Set([...rates, ...officialRates])].sort((a, b) => a - b);
  const columns = resample(froc.ranking, allRates, resamples, seed);
  const columnOf = (rate: number): Float64Array => columns[allRates.indexOf(rate)]!;

  const withNodule = froc.ranking.nodulesPerScan.filter((count) => count > 0).length;
  const intervalOf = (value: number, column: Float64Array): Interval =>
    percentileInterval(value, withNodule < 2 ? [] : column, confidence);
  const band = falsePositivesPerScan.map((rate) => intervalOf(0, columnOf(rate)));
  const officialColumns = officialRates.map(columnOf);
  const resampledCpm = Float64Array.from({ length: resamples }, (_, draw) =>
    mean(officialColumns.map((column) => column[draw]!)),
  );
  return {
    falsePositivesPerScan,
    mean: falsePositivesPerScan.map((rate) => mean(columnOf(rate).filter((value) => !Number.isNaN(value)))),
    lower: band.map(({ lower }) => lower),
    upper: band.map(({ upper }) => upper),
    sensitivityAt: sensitivityAt(froc).map((value, i) => intervalOf(value, officialColumns[i]!)),
    cpm: intervalOf(cpm(froc), resampledCpm),
  };
}

/** The sensitivity of each resample, a column a rate; NaN where it holds no nodule. */
function resample(
  ranking: FrocRanking,
  rates: readonly number[],
  resamples: number,
  seed: number,
): Float64Array[] {
  const { probability, nodulesPerScan } = ranking;
  const scans = nodulesPerScan.length;
  const isTiedWithNext = Uint8Array.from(probability, (value, i) => (value === probability[i + 1] ? 1 : 0));
  const limits = Float64Array.from(rates, (rate) => rate * scans);
  const found = new Float64Array(rates.length);
  const columns = rates.map(() => new Float64Array(resamples));
  const nextResample = createResampler(scans, seed);
  for (let draw = 0; draw < resamples; draw++) {
    const times = nextResample();
    let nodules = 0;
    for (let scan = 0; scan < scans; scan++) nodules += nodulesPerScan[scan]! * times[scan]!;
    countFound(ranking, isTiedWithNext, times, limits, found);
    for (let rate = 0; rate < found.length; rate++) columns[rate]![draw] = found[rate]! / nodules;
  }
  return columns;
}

/** Interpolates the nodules found at each limit of false positives, ascending, in one pass down the ranking. */
function countFound(
  { isNodule, scan }: FrocRanking,
  isTiedWithNext: Uint8Array,
  times: Int32Array,
  limits: Float64Array,
  found: Float64Array,
): void {
  let truePositives = 0;
  let falsePositives = 0;
  let truePositivesBefore = 0;
  let falsePositivesBefore = 0;
  let next = 0;
  for (let entry = 0; entry < isNodule.length; entry++) {
    const weight = times[scan[entry]!]!;
    if (isNodule[entry] === 1) truePositives += weight;
    else falsePositives += weight;
    if (isTiedWithNext[entry] === 1) continue;
    for (; next < limits.length && limits[next]! < falsePositives; next++) {
      const share = (limits[next]! - falsePositivesBefore) / (falsePositives - falsePositivesBefore);
      found[next] = truePositivesBefore + (truePositives - truePositivesBefore) * share;
    }
    if (next === limits.length) return;
    truePositivesBefore = truePositives;
    falsePositivesBefore = falsePositives;
  }
  found.fill(truePositives, next);
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
