import { count, isFigure } from './format.ts';
import type { Html } from './html.ts';
import { ink, renderChart, shareAxis } from './render-chart.ts';
import type { SizeScores } from './report-data.ts';

/** Bars of the nodules found by size, with their intervals; the baseline's beside them. */
export async function sizeChart(
  sizes: readonly SizeScores[],
  baseline: readonly SizeScores[] | undefined,
): Promise<Html> {
  const bars = sizes.flatMap((group) => {
    const size = `${group.name}\n${count(group.found)} of ${count(group.nodules)}`;
    const other = baseline?.find(({ name }) => name === group.name);
    return [
      { size, system: 0, ...group.sensitivity },
      ...(other ? [{ size, system: 1, ...other.sensitivity }] : []),
    ];
  });
  const intervals = bars.filter(({ lower, upper }) => isFigure(lower) && isFigure(upper));
  const encoding = {
    x: {
      field: 'size',
      type: 'nominal',
      sort: null,
      scale: { paddingInner: 0.4, paddingOuter: 0.3 },
      axis: {
        title: null,
        labelAngle: 0,
        labelColor: ink.text,
        labelExpr: "split(datum.label, '\\n')",
        labelLineHeight: 17,
        ticks: false,
      },
    },
    xOffset: { field: 'system', type: 'nominal', scale: { paddingInner: 0.15 } },
  } as const;
  const y = { field: 'value', ...shareAxis('Nodules found') };
  const tick = { type: 'tick', color: ink.text, thickness: 1.5, width: 10 } as const;
  return renderChart(
    {
      data: { values: bars },
      layer: [
        {
          mark: 'bar',
          encoding: {
            ...encoding,
            y,
            fill: { condition: { test: 'datum.system === 1', value: ink.baselineSoft }, value: ink.oursSoft },
          },
        },
        {
          data: { values: intervals },
          mark: { type: 'rule', color: ink.text, strokeWidth: 1.5 },
          encoding: { ...encoding, y: { ...y, field: 'lower' }, y2: { field: 'upper' } },
        },
        { data: { values: intervals }, mark: tick, encoding: { ...encoding, y: { ...y, field: 'lower' } } },
        { data: { values: intervals }, mark: tick, encoding: { ...encoding, y: { ...y, field: 'upper' } } },
      ],
    },
    420,
    240,
  );
}
