import { count, counted, isFigure, rate, ratio, wholePercent, withBounds } from './format.ts';
import { sensitivityOf } from './froc-chart.ts';
import type { ReportData } from './report-data.ts';

/**
 * What came out, in words that need no knowledge of the measures: how many nodules at 4 false alarms a scan, and which
 * size is missed most.
 *
 * @returns sentences.
 */
export function summarySentences({ curve, summary }: ReportData): string[] {
  const { nodules, scans } = curve.froc;
  if (nodules === 0) return [`There is no nodule in ${counted(scans, 'scan')}, so none could be found.`];
  const at4 = sensitivityOf(curve, 4);
  const cpm = curve.band?.cpm;
  const sentences = [
    `Finds ${count(Math.round(at4 * nodules))} of ${counted(nodules, 'nodule')} (${wholePercent(at4)}) at ` +
      `4 false alarms a scan, and ${wholePercent(sensitivityOf(curve, 1))} at 1.`,
  ];
  if (cpm && isFigure(cpm.value)) {
    sentences.push(`Its CPM, the mean over seven such rates, is ${withBounds(cpm, ratio)}.`);
  }
  if (summary) {
    const { allSlices, found, falsePositivesPerScan, sizes } = summary;
    sentences.push(
      `At its operating point it finds ${count(found)}, marks ${wholePercent(allSlices.recall?.value)} of the nodules’ ` +
        `voxels, and raises ${rate(falsePositivesPerScan?.value)} false alarms a scan.`,
    );
    const [worst] = sizes
      .filter((size) => size.found < size.nodules)
      .sort((a, b) => a.found / a.nodules - b.found / b.nodules);
    if (worst) {
      const missed = worst.nodules - worst.found;
      sentences.push(
        `The most are missed in the size group ${worst.name}: ${count(missed)} of ${count(worst.nodules)}.`,
      );
    }
  }
  return sentences;
}
