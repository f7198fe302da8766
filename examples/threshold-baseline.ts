import {
  addScanCounts,
  applyThreshold,
  bestThreshold,
  type LungHistograms,
  lungHistograms,
  type ScanCounts,
  type ScanScores,
  scanScores,
  scoreScan,
} from '@lunet/evaluate';
import { toVoxels, type Volume } from '@lunet/io';
import { type Luna16Scan, readVolume } from '@lunet/io/node';
import { loadScan } from './luna16-scans.ts';

/**
 * The scores of the plain HU threshold that does best on these very scans, inside the lung masks that came with them.
 *
 * @returns nothing if a scan has no lung mask.
 */
export async function thresholdBaseline(scans: readonly Luna16Scan[]): Promise<Record<string, ScanScores>> {
  if (scans.some(({ lungMaskPath }) => lungMaskPath === undefined)) return {};
  const histograms: LungHistograms[] = [];
  for (const scan of scans) {
    const { volume, truth } = await loadScan(scan);
    histograms.push(lungHistograms(volume, await readLungs(scan), truth));
  }
  const threshold = bestThreshold(histograms);
  const counts: ScanCounts[] = [];
  for (const scan of scans) {
    const { volume, truth } = await loadScan(scan);
    const mask = applyThreshold(volume, await readLungs(scan), threshold);
    counts.push(scoreScan(mask, truth, scan.nodules, { excluded: scan.excluded }));
  }
  return { [`HU > ${threshold} in lung`]: scanScores(addScanCounts(counts)) };
}

/** LUNA16's lung masks hold 3 and 4 for the lungs, 5 for the trachea. */
async function readLungs(scan: Luna16Scan): Promise<Volume<Uint8Array>> {
  const { geometry, voxels } = await readVolume(scan.lungMaskPath!);
  const lungs = Uint8Array.from(voxels.data as ArrayLike<number>, (label) =>
    label === 3 || label === 4 ? 1 : 0,
  );
  return { geometry, voxels: toVoxels(lungs, voxels.shape) };
}
