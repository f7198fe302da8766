import { bounds, count, counted, isFigure, percent, rate, ratio, wholePercent } from './format.ts';
import { sensitivityOf } from './froc-chart.ts';
import type { ReportData } from './report-data.ts';

/**
 * What came out, in words that need no knowledge of the measures: how many nodules at 4 false alarms a scan, and which
 * size is missed most.
 *
 * @returns sentences.
 */
export function summarySentences({ curve, scores, threshold }: ReportData): string[] {
  const { nodules, scans } = curve.froc;
  if (nodules === 0) return [`There is no nodule in ${counted(scans, 'scan')}, so none could be found.`];
  const at4 = sensitivityOf(curve, 4);
  const cpm = curve.band?.cpm;
  const sentences = [
    `Finds ${count(Math.round(at4 * nodules))} of ${counted(nodules, 'nodule')} (${wholePercent(at4)}) at ` +
      `4 false alarms a scan, and ${wholePercent(sensitivityOf(curve, 1))} at 1.`,
  ];
  if (cpm && isFigure(cpm.value)) {
    sentences.push(
      `Its CPM, the mean over seven such rates, is ${ratio(cpm.value)} (${bounds(cpm, ratio)}).`,
    );
  }
  if (scores) {
    const { allSlices, falsePositivesPerScan, sizes } = scores;
    const at = isFigure(threshold) ? ` of ${threshold}` : '';
    sentences.push(
      `At the threshold${at} it marks ${percent(allSlices.recall.value)} of the nodules’ pixels and raises ` +
        `${rate(falsePositivesPerScan.value)} false alarms a scan.`,
    );
    const missing = sizes.filter(({ found, nodules: all }) => found < all);
    const worst = missing.sort((a, b) => a.found / a.nodules - b.found / b.nodules)[0];
    if (worst) {
      const { nodules: all, found, label } = worst;
      sentences.push(`It misses most among nodules of ${label}: ${count(all - found)} of ${count(all)}.`);
    } else if (sizes.length > 0) {
      sentences.push('At that threshold it misses none.');
    }
  }
  return sentences;
}
