import { minutes, type ProgressLine } from './progress-line.ts';

/** Shows how far the prediction of some scans is: scan, slice, time left by the slices done so far. */
export function scanProgress(
  line: ProgressLine,
  depths: readonly number[],
): (scan: number) => (done: number, of: number) => void {
  const slices = depths.reduce((sum, depth) => sum + depth, 0);
  const started = performance.now();
  return (scan) => {
    line.show(`reading     scan ${scan + 1}/${depths.length}`);
    const before = depths.slice(0, scan).reduce((sum, depth) => sum + depth, 0);
    return (done, of) => {
      const share = (before + done) / slices;
      const left = ((performance.now() - started) / 1000) * (1 / share - 1);
      line.show(`predicting  scan ${scan + 1}/${depths.length}  slice ${done}/${of}  ${minutes(left)} left`);
    };
  };
}
