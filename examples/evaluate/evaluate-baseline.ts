import { join } from 'node:path';
import { applyThreshold, bestThreshold, measureScan, type ScanMeasurement } from '@lunet/evaluate';
import { toVoxels, type Volume } from '@lunet/io';
import type { Luna16Scan } from '@lunet/io/node';
import { loadScan, scoredNodules } from '../scans/luna16-scans.ts';
import type { ProgressLine } from '../terminal/progress-line.ts';
import { baselineLungs, everywhere } from './evaluate-scan.ts';
import { fingerprintOf, keepResult, readKept } from './kept-results.ts';
import type { EvaluatedScan } from './kept-scans.ts';

/** The plain HU threshold that does best on the evaluated scans, and how it does on each. */
export interface Baseline {
  readonly threshold: number;
  readonly measurements: readonly ScanMeasurement[];
}

/** Denser than any nodule's tissue; from here on a voxel's rank rises no more. */
const highest = 1024;

/**
 * Measures the best plain HU threshold inside the lungs, its candidates ranked by their mean HU.
 *
 * @returns nothing if there is no nodule, so that no threshold is the best.
 */
export async function evaluateBaseline(
  scans: readonly EvaluatedScan[],
  folder: string,
  { line, signal }: { readonly line: ProgressLine; readonly signal: AbortSignal },
): Promise<Baseline | undefined> {
  if (scans.every(({ scan }) => scan.nodules.length === 0)) return undefined;
  const threshold = bestThreshold(
    scans.map(({ result: { histograms } }) => ({
      ...histograms,
      nodule: Float64Array.from(histograms.nodule),
      other: Float64Array.from(histograms.other),
    })),
  );
  const measurements: ScanMeasurement[] = [];
  for (const [i, { scan, ...evaluated }] of scans.entries()) {
    signal.throwIfAborted();
    line.show(`baseline    scan ${i + 1}/${scans.length}`);
    const file = join(folder, `${scan.seriesUid}.json`);
    const fingerprint = fingerprintOf(evaluated.fingerprint, threshold);
    const kept = await readKept<ScanMeasurement>(file, fingerprint);
    measurements.push(
      kept.kind === 'kept'
        ? kept.result
        : await keepResult(file, fingerprint, await measure(scan, threshold)),
    );
  }
  return { threshold, measurements };
}

async function measure(scan: Luna16Scan, threshold: number): Promise<ScanMeasurement> {
  const { volume, truth } = await loadScan(scan);
  const mask = applyThreshold(volume, (await baselineLungs(scan, volume)) ?? everywhere(volume), threshold);
  const ranked = rankByDensity(volume, mask, threshold);
  const nodules = scoredNodules(scan);
  return measureScan(
    ranked,
    { ...scan, nodules, truth },
    { threshold: 0, candidates: { probability: 'mean' } },
  );
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
