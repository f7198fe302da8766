import { isFigure } from './format.ts';
import type { Html } from './html.ts';
import { ink, renderChart, shareAxis } from './render-chart.ts';
import type { TrainingRow } from './report-data.ts';

/** A loss is drawn as at most so many means, however many steps there were. */
const BINS = 160;

interface ScoreStyle {
  readonly color: string;
  readonly dash: readonly number[];
  readonly shape: string;
}

/** Colour, dash and point of each score, so that colour is not needed to tell them apart. */
export const scoreStyles: Readonly<Record<'recall' | 'precision' | 'dice', ScoreStyle>> = {
  recall: { color: ink.ours, dash: [1, 0], shape: 'circle' },
  precision: { color: ink.baseline, dash: [6, 3], shape: 'square' },
  dice: { color: ink.third, dash: [2, 2], shape: 'triangle-up' },
};

const SIZE = [420, 240] as const;

/** The loss of every step: means over runs of steps, and the span of the run behind. */
export async function lossChart(rows: readonly TrainingRow[]): Promise<Html> {
  const values = lossBins(rows);
  const x = stepAxis(rows);
  const y = { field: 'mean', type: 'quantitative', axis: { title: 'Loss', tickCount: 5 } } as const;
  return renderChart(
    {
      data: { values },
      layer: [
        {
          mark: { type: 'area', color: ink.ours, opacity: 0.18 },
          encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
        },
        { mark: { type: 'line', color: ink.ours, strokeWidth: 1.75 }, encoding: { x, y } },
      ],
    },
    ...SIZE,
  );
}

/** Recall, precision and Dice at the validations. */
export async function validationChart(rows: readonly TrainingRow[]): Promise<Html> {
  const validations = rows.filter(({ kind }) => kind === 'validation');
  const x = stepAxis(rows);
  return renderChart(
    {
      layer: Object.entries(scoreStyles).map(([name, { color, dash, shape }]) => ({
        data: {
          values: validations.flatMap((row) => {
            const value = row[name as 'recall' | 'precision' | 'dice'];
            return isFigure(value) ? [{ step: row.step, value }] : [];
          }),
        },
        mark: {
          type: 'line' as const,
          color,
          strokeWidth: 1.75,
          strokeDash: [...dash],
          point: { shape, color, filled: true, size: 50, opacity: 1 },
        },
        encoding: {
          x,
          y: { field: 'value', ...shareAxis('Score at validation') },
        },
      })),
    },
    ...SIZE,
  );
}

/** Both charts begin at step 0 and end at the last step, so that they can be read together. */
function stepAxis(rows: readonly TrainingRow[]) {
  const last = rows.reduce((step, row) => Math.max(step, row.step), 1);
  return {
    field: 'step',
    type: 'quantitative' as const,
    scale: { domain: [0, last], nice: false },
    axis: { title: 'Step', tickCount: 5 },
  };
}

function lossBins(rows: readonly TrainingRow[]) {
  const steps = rows.flatMap(({ kind, step, loss }) =>
    kind === 'train' && isFigure(loss) ? [{ step, loss }] : [],
  );
  const size = Math.max(1, Math.ceil(steps.length / BINS));
  return Array.from({ length: Math.ceil(steps.length / size) }, (_, bin) => {
    const run = steps.slice(bin * size, (bin + 1) * size);
    const losses = run.map(({ loss }) => loss);
    return {
      step: run.at(-1)!.step,
      mean: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
      low: Math.min(...losses),
      high: Math.max(...losses),
    };
  });
}
