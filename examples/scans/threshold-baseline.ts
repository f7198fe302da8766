import {
  addScanCounts,
  applyThreshold,
  bestThreshold,
  type LungHistograms,
  lungHistograms,
  measureScan,
  type ScanCounts,
  type ScanScores,
  scanCounts,
  scanScores,
} from '@lunet/evaluate';
import type { Luna16Scan } from '@lunet/io/node';
import type { ProgressLine } from '../terminal/progress-line.ts';
import { readLungs } from './find-lungs.ts';
import { loadScan } from './luna16-scans.ts';

/**
 * The scores of the plain HU threshold that does best on these very scans, inside the lung masks that came with them.
 *
 * @returns nothing if a scan has no lung mask.
 */
export async function thresholdBaseline(
  scans: readonly Luna16Scan[],
  { line, signal }: { readonly line: ProgressLine; readonly signal: AbortSignal },
): Promise<Record<string, ScanScores>> {
  if (scans.some(({ lungMaskPath }) => lungMaskPath === undefined)) {
    line.print('note        no threshold baseline: it needs the lung masks in seg-lungs-LUNA16/');
    return {};
  }
  const histograms: LungHistograms[] = [];
  for (const [i, scan] of scans.entries()) {
    signal.throwIfAborted();
    line.show(`baseline    threshold, scan ${i + 1}/${scans.length}`);
    const { volume, truth } = await loadScan(scan);
    histograms.push(lungHistograms(volume, await readLungs(volume.geometry, scan.lungMaskPath), truth));
  }
  const threshold = bestThreshold(histograms);
  const counts: ScanCounts[] = [];
  for (const [i, scan] of scans.entries()) {
    signal.throwIfAborted();
    line.show(`baseline    score, scan ${i + 1}/${scans.length}`);
    const { volume, truth } = await loadScan(scan);
    const mask = applyThreshold(volume, await readLungs(volume.geometry, scan.lungMaskPath), threshold);
    counts.push(scanCounts(measureScan(mask, { ...scan, truth })));
  }
  return { [`HU > ${threshold} in lung`]: scanScores(addScanCounts(counts)) };
}
