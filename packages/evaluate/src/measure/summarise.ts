import { createBootstrap, type Figure, type FigureOf } from '../bootstrap/create-bootstrap.ts';
import type { BootstrapOptions } from '../bootstrap/interval.ts';
import type { NoduleMeasurement, ScanMeasurement } from './scan-measurement.ts';
import { sizeGroups } from './size-groups.ts';
import { type VoxelCounts, type VoxelScores, voxelScores } from './voxel-counts.ts';
import { createMedian } from './weighted-median.ts';

/** Voxel scores over all voxels of all scans (micro average). */
export interface VoxelSummary {
  /** Null without a nodule voxel. */
  readonly recall: Figure;
  /** 0 where nothing was predicted; null where nothing was to be found either. */
  readonly precision: Figure;
  /** Null where nothing was predicted and nothing to be found. */
  readonly dice: Figure;
}

/** The nodules of some sizes, and how many of them were found. */
export interface SizeSummary {
  /** "< 5 mm", "5–10 mm" (both ends included) or "> 10 mm". */
  readonly name: string;
  readonly nodules: number;
  readonly found: number;
  /** Null without such a nodule. */
  readonly sensitivity: Figure;
}

/** The measurements of some scans summed up; plain data. */
export interface Summary {
  readonly scans: number;
  readonly nodules: number;
  readonly found: number;
  readonly threshold: number;
  readonly candidateThreshold: number;
  readonly allSlices: VoxelSummary;
  /** Over the slices only that hold a voxel of the truth. */
  readonly noduleSlices: VoxelSummary;
  /** Share of the nodules found; null without a nodule, as the next ones. */
  readonly sensitivity: Figure;
  /** Small to large. */
  readonly sizes: readonly SizeSummary[];
  readonly falsePositivesPerScan: Figure;
  /** Medians over nodules; those that were not found are in it, a Dice of 0 or a volume error of −1 if untouched. */
  readonly noduleDice: Figure;
  readonly volumeError: Figure;
  readonly absoluteVolumeError: Figure;
}

/** Which candidates count, and how intervals are drawn. */
export interface SummariseOptions extends BootstrapOptions {
  /** Candidates count where their probability is at least this; by default all that were measured. */
  readonly candidateThreshold?: number;
}

/**
 * Sums up measured scans at their operating point; every figure with a 95 % interval by bootstrap over scans, 1,000
 * resamples. A resample in which a figure is not defined (no nodule of a size, say) is left out of its interval;
 * where fewer than two scans define a figure, its bounds are NaN.
 *
 * Unlike `froc` it does not cut a scan's candidates at 100.
 *
 * @throws {RangeError} if there are no scans, one is there twice, they were measured at different thresholds, or an option
 *   is out of range.
 * @example
 * ```ts
 * const summary = summarise(scans, { seed: 1 });
 * summary.noduleSlices.recall; // { value, lower, upper }
 * summary.sizes[0]; // { name: '< 5 mm', nodules, found, sensitivity: { value, lower, upper } }
 * ```
 */
export function summarise(
  scans: readonly ScanMeasurement[],
  { candidateThreshold = 0, ...bootstrap }: SummariseOptions,
): Summary {
  checkScans(scans);
  if (!(candidateThreshold >= 0 && candidateThreshold <= 1)) {
    throw new RangeError(`Cannot count candidates from ${candidateThreshold} on: give a probability 0 … 1`);
  }
  const isFound = ({ probability }: NoduleMeasurement): boolean =>
    probability !== null && probability >= candidateThreshold;
  const figure = createBootstrap(scans.length, bootstrap);
  const falsePositives = scans.map(({ candidates }) =>
    count(candidates, ({ liesOn, probability }) => liesOn === 'nothing' && probability >= candidateThreshold),
  );
  const ofSize = (name: string, holds: (diameterMm: number) => boolean): SizeSummary => {
    const held = scans.map(({ nodules }) => nodules.filter(({ diameterMm }) => holds(diameterMm)));
    const all = held.map(({ length }) => length);
    const found = held.map((nodules) => count(nodules, isFound));
    const sensitivity = figure((times) => weightedSum(found, times) / weightedSum(all, times));
    return { name, nodules: sum(all), found: sum(found), sensitivity };
  };
  const { nodules, found, sensitivity } = ofSize('all', () => true);
  const median = (read: (nodule: NoduleMeasurement) => number | null): Figure =>
    figure(createMedian(valuesOf(scans, read)));
  return {
    scans: scans.length,
    nodules,
    found,
    threshold: scans[0]!.threshold,
    candidateThreshold,
    allSlices: summariseVoxels(
      scans.map((scan) => scan.allSlices),
      figure,
    ),
    noduleSlices: summariseVoxels(
      scans.map((scan) => scan.noduleSlices),
      figure,
    ),
    sensitivity,
    sizes: sizeGroups.map(({ name, holds }) => ofSize(name, holds)),
    falsePositivesPerScan: figure((times) => weightedSum(falsePositives, times) / scans.length),
    noduleDice: median(({ dice }) => dice),
    volumeError: median(({ volumeError }) => volumeError),
    absoluteVolumeError: median(({ volumeError }) => volumeError && Math.abs(volumeError)),
  };
}

function summariseVoxels(
  counts: readonly VoxelCounts[],
  figure: (figureOf: FigureOf) => Figure,
): VoxelSummary {
  const truePositives = counts.map((one) => one.truePositives);
  const falsePositives = counts.map((one) => one.falsePositives);
  const falseNegatives = counts.map((one) => one.falseNegatives);
  const scoresOf = (times: Int32Array): VoxelScores => {
    const tp = weightedSum(truePositives, times);
    const fp = weightedSum(falsePositives, times);
    const fn = weightedSum(falseNegatives, times);
    const { recall, precision, dice } = voxelScores({
      truePositives: tp,
      falsePositives: fp,
      falseNegatives: fn,
    });
    // By convention an empty score is 1; averaged into an interval it would only flatter.
    return {
      recall: tp + fn === 0 ? Number.NaN : recall,
      precision: tp + fp + fn === 0 ? Number.NaN : precision,
      dice: tp + fp + fn === 0 ? Number.NaN : dice,
    };
  };
  return {
    recall: figure((times) => scoresOf(times).recall),
    precision: figure((times) => scoresOf(times).precision),
    dice: figure((times) => scoresOf(times).dice),
  };
}

/** A value of each nodule that has one, with the place of its scan. */
function valuesOf(
  scans: readonly ScanMeasurement[],
  read: (nodule: NoduleMeasurement) => number | null,
): { value: number; scan: number }[] {
  const values: { value: number; scan: number }[] = [];
  for (const [scan, { nodules }] of scans.entries()) {
    for (const nodule of nodules) {
      const value = read(nodule);
      if (value !== null) values.push({ value, scan });
    }
  }
  return values;
}

function checkScans(scans: readonly ScanMeasurement[]): void {
  if (scans.length === 0) throw new RangeError('Cannot summarise: there are no scans');
  const seen = new Set<string>();
  for (const { seriesUid, threshold } of scans) {
    if (seen.has(seriesUid)) throw new RangeError(`Cannot summarise: scan ${seriesUid} is there twice`);
    seen.add(seriesUid);
    if (threshold !== scans[0]!.threshold) {
      throw new RangeError(
        `Cannot summarise: ${scans[0]!.seriesUid} was measured at ${scans[0]!.threshold}, ${seriesUid} at ${threshold}; measure all at one threshold`,
      );
    }
  }
}

function count<T>(items: readonly T[], isCounted: (item: T) => boolean): number {
  let counted = 0;
  for (const item of items) if (isCounted(item)) counted++;
  return counted;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function weightedSum(values: readonly number[], times: Int32Array): number {
  let total = 0;
  for (let scan = 0; scan < values.length; scan++) total += values[scan]! * times[scan]!;
  return total;
}
