import { join } from 'node:path';
import { applyThreshold, bestThreshold, measureScan, type ScanMeasurement } from '@lunet/evaluate';
import { toVoxels, type Volume } from '@lunet/io';
import type { Luna16Scan } from '@lunet/io/node';
import { loadScan, scoredNodules } from '../scans/luna16-scans.ts';
import type { ProgressLine } from '../terminal/progress-line.ts';
import type { ScanOptions } from './evaluate-luna16-options.ts';
import type { BaselineLungs, KeptBaselineLungs } from './kept-baseline-lungs.ts';
import { fingerprintOf, keepResult, readKept } from './kept-results.ts';

/** The plain HU threshold that does best on the evaluated scans, and how it does on each. */
export interface Baseline {
  readonly threshold: number;
  /** Scans by the lungs that it looks in. */
  readonly lungs: Readonly<Record<BaselineLungs['from'], number>>;
  readonly measurements: readonly ScanMeasurement[];
}

/** What is around the evaluation of the baseline. */
export interface EvaluateBaselineContext {
  /** Where measurements are kept. */
  readonly folder: string;
  readonly lungs: KeptBaselineLungs;
  readonly line: ProgressLine;
  readonly signal: AbortSignal;
}

/** Denser than any nodule's tissue; from here on a voxel's rank rises no more. */
const highest = 1024;

/**
 * Measures the best plain HU threshold inside the lungs: of the data's mask, of our own segmentation where that is absent
 * or broken, without the margin that the model is given.
 *
 * Its candidates are merged and ranked by the model's rule, with density from the threshold on for probability.
 *
 * @returns nothing if there is no nodule, so that no threshold is the best.
 */
export async function evaluateBaseline(
  scans: readonly Luna16Scan[],
  { rank, mergeWithinMm }: Pick<ScanOptions, 'rank' | 'mergeWithinMm'>,
  { folder, lungs: store, line, signal }: EvaluateBaselineContext,
): Promise<Baseline | undefined> {
  if (scans.every(({ nodules }) => nodules.length === 0)) return undefined;
  const lungs: BaselineLungs[] = [];
  const counts = { data: 0, own: 0, none: 0 };
  for (const [i, scan] of scans.entries()) {
    signal.throwIfAborted();
    line.show(`baseline    lungs of scan ${i + 1}/${scans.length}`);
    const found = await store.lungsOf(scan, () => loadScan(scan));
    if (found.note !== undefined) {
      const instead = found.from === 'own' ? 'in lungs of our own segmentation' : 'everywhere';
      line.print(`note        ${scan.seriesUid}: the baseline looks ${instead}: ${found.note}`);
    }
    lungs.push(found);
    counts[found.from]++;
  }
  const threshold = bestThreshold(
    lungs.map(({ histograms }) => ({
      ...histograms,
      nodule: Float64Array.from(histograms.nodule),
      other: Float64Array.from(histograms.other),
    })),
  );
  const candidates = { probability: rank, mergeWithinMm } as const;
  const measurements: ScanMeasurement[] = [];
  for (const [i, scan] of scans.entries()) {
    signal.throwIfAborted();
    line.show(`baseline    scan ${i + 1}/${scans.length}`);
    const file = join(folder, `${scan.seriesUid}.json`);
    const fingerprint = fingerprintOf(await store.fingerprint(scan), threshold, candidates);
    const kept = await readKept<ScanMeasurement>(file, fingerprint);
    if (kept.kind === 'kept') {
      measurements.push(kept.result);
      continue;
    }
    const { volume, truth } = await loadScan(scan);
    const mask = applyThreshold(volume, await store.readMask(scan, lungs[i]!, volume), threshold);
    const ranked = rankByDensity(volume, mask, threshold);
    const nodules = scoredNodules(scan);
    const measurement = measureScan(ranked, { ...scan, nodules, truth }, { threshold: 0, candidates });
    measurements.push(await keepResult(file, fingerprint, measurement));
  }
  return { threshold, lungs: counts, measurements };
}

/** Numbers above 0 in the mask, up to 1 with the HU, and 0 elsewhere. */
function rankByDensity(
  volume: Volume<Int16Array>,
  mask: Volume<Uint8Array>,
  threshold: number,
): Volume<Float32Array> {
  const hu = volume.voxels.data;
  const data = new Float32Array(hu.length);
  for (let voxel = 0; voxel < data.length; voxel++) {
    if (mask.voxels.data[voxel] === 0) continue;
    data[voxel] = Math.min(1, (hu[voxel]! - threshold) / Math.max(1, highest - threshold));
  }
  return { geometry: volume.geometry, voxels: toVoxels(data, volume.voxels.shape) };
}
