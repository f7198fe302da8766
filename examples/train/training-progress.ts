import { addCounts, type PixelCounts, scoresOf } from '@lunet/losses';
import type { SliceProgress, TrainEvent } from '@lunet/train';
import { minutes, type ProgressLine } from '../terminal/progress-line.ts';

/** Steps that the shown loss, recall and speed are averaged over. */
const WINDOW = 20;

/** Shows training and validation as they go: step, loss, recall, patches/s, time left. */
export function trainingProgress(
  line: ProgressLine,
  steps: number,
): {
  readonly onEvent: (event: TrainEvent) => void;
  readonly onSlice: (progress: SliceProgress) => void;
} {
  const recent: Extract<TrainEvent, { kind: 'step' }>[] = [];
  const onEvent = (event: TrainEvent): void => {
    switch (event.kind) {
      case 'step': {
        recent.push(event);
        if (recent.length > WINDOW) recent.shift();
        const mean = (value: (step: (typeof recent)[number]) => number) =>
          recent.reduce((sum, step) => sum + value(step), 0) / recent.length;
        const counts = recent.map((step) => step.counts).reduce((a: PixelCounts, b) => addCounts(a, b));
        const { recall, precision } = scoresOf(counts);
        const seconds = mean(({ milliseconds }) => milliseconds) / 1000;
        line.show(
          `training    epoch ${event.epoch + 1}  step ${event.step}/${steps}  loss ${mean(({ loss }) => loss).toFixed(4)}` +
            `  recall ${recall.toFixed(3)}  precision ${precision.toFixed(3)}` +
            `  ${(mean(({ patches }) => patches) / seconds).toFixed(0)} patches/s  ${minutes((steps - event.step) * seconds)} left`,
        );
        break;
      }
      case 'validating':
        break;
      case 'validation': {
        const { recall, precision, dice } = event.validation.scores;
        line.print(
          `validated   epoch ${event.epoch + 1}  step ${event.step}/${steps}  recall ${recall.toFixed(3)}` +
            `  precision ${precision.toFixed(3)}  Dice ${dice.toFixed(3)}${event.best ? '  (best so far)' : ''}`,
        );
        break;
      }
    }
  };
  const onSlice = ({ scan, scans, slice, slices }: SliceProgress): void => {
    line.show(`validating  scan ${scan}/${scans}  slice ${slice}/${slices}`);
  };
  return { onEvent, onSlice };
}
