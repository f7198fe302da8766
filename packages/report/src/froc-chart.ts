import type { Html } from './html.ts';
import { interpolate } from './interpolate.ts';
import { publishedSystems } from './published-systems.ts';
import { ink, renderChart, shareAxis } from './render-chart.ts';
import type { Baseline, ReportCurve } from './report-data.ts';

/** The rates at which LUNA16 reads the curve, in false positives a scan. */
export const officialRates: readonly number[] = [1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8];

/** Dashes of the published systems' lines. */
export const publishedDashes: readonly (readonly number[])[] = [
  [1, 0],
  [7, 4],
  [2, 3],
];

/** Dashes of the baseline's line. */
export const baselineDash: readonly number[] = [9, 3, 2, 3];

/** Less than a pixel each, so that a step looks like one. */
const STEPS_PER_OCTAVE = 128;

/** Where the curves are drawn: 1/8 … 8, evenly on the logarithmic axis, however many points they have. */
const drawnRates = Array.from(
  { length: 6 * STEPS_PER_OCTAVE + 1 },
  (_, step) => 2 ** (step / STEPS_PER_OCTAVE - 3),
);

/** Sensitivity of a curve at a rate, by the official rule. */
export function sensitivityOf({ froc }: ReportCurve, falsePositivesPerScan: number): number {
  return interpolate(froc.points.falsePositivesPerScan, froc.points.sensitivity, falsePositivesPerScan);
}

/** The FROC curve with its band over a log₂ axis, the baseline, and the published systems behind. */
export async function frocChart(curve: ReportCurve, baseline: Baseline | undefined): Promise<Html> {
  const x = {
    field: 'x',
    type: 'quantitative' as const,
    scale: { type: 'log' as const, base: 2, domain: [1 / 8, 8], nice: false },
    axis: {
      title: 'False alarms a scan (log scale)',
      values: [...officialRates],
      labelExpr: "datum.value < 1 ? '1/' + 1 / datum.value : datum.value",
    },
  };
  const y = { field: 'y', ...shareAxis('Nodules found') };
  const line = (values: readonly object[], color: string, width: number, dash: readonly number[]) => ({
    data: { values: [...values] },
    mark: { type: 'line' as const, color, strokeWidth: width, strokeDash: [...dash] },
    encoding: { x, y },
  });
  const drawn = (of: ReportCurve) => drawnRates.map((at) => ({ x: at, y: sensitivityOf(of, at) }));
  const { band } = curve;

  return renderChart(
    {
      layer: [
        ...publishedSystems.map(({ sensitivityAt }, i) =>
          line(
            sensitivityAt.map((sensitivity, at) => ({ x: officialRates[at], y: sensitivity })),
            ink.muted,
            1.25,
            publishedDashes[i]!,
          ),
        ),
        ...(band
          ? [
              {
                data: {
                  values: drawnRates.map((at) => ({
                    x: at,
                    lower: interpolate(band.falsePositivesPerScan, band.lower, at),
                    upper: interpolate(band.falsePositivesPerScan, band.upper, at),
                  })),
                },
                mark: { type: 'area' as const, color: ink.ours, opacity: 0.18 },
                encoding: { x, y: { ...y, field: 'lower' }, y2: { field: 'upper' } },
              },
            ]
          : []),
        ...(baseline?.curve ? [line(drawn(baseline.curve), ink.baseline, 2, baselineDash)] : []),
        line(drawn(curve), ink.ours, 2.5, [1, 0]),
        {
          data: { values: officialRates.map((at) => ({ x: at, y: sensitivityOf(curve, at) })) },
          mark: { type: 'point', filled: true, size: 45, color: ink.ours, opacity: 1 },
          encoding: { x, y },
        },
      ],
    },
    620,
    360,
  );
}
