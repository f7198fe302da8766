import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { type Html, trusted } from './html.ts';

/** Colours of the charts: the page's style gives them their values, light, dark and printed. */
export const ink = {
  text: 'var(--text)',
  muted: 'var(--muted)',
  grid: 'var(--line)',
  ours: 'var(--ours)',
  oursSoft: 'var(--ours-soft)',
  baseline: 'var(--baseline)',
  baselineSoft: 'var(--baseline-soft)',
  third: 'var(--third)',
} as const;

/** Room around the plot; fixed, so that the charts line up and need no measured text, which differs between machines. */
const padding = { left: 66, right: 16, top: 10, bottom: 54 } as const;

const config: NonNullable<TopLevelSpec['config']> = {
  // The page labels each chart as a whole; Vega would label every mark.
  aria: false,
  autosize: { type: 'none' },
  background: 'transparent',
  font: 'system-ui, sans-serif',
  view: { stroke: null },
  axis: {
    // Which labels overlap depends on measured text, too.
    labelOverlap: false,
    labelFontSize: 13,
    titleFontSize: 13,
    titleFontWeight: 'normal',
    labelColor: ink.muted,
    titleColor: ink.text,
    gridColor: ink.grid,
    domainColor: ink.muted,
    tickColor: ink.muted,
    labelPadding: 6,
    tickSize: 4,
  },
  axisX: { grid: false, titlePadding: 10, labelFlush: false },
  axisY: { domain: false, ticks: false, titleX: -58, titleBaseline: 'top' },
};

/** Its type is spelt out for the declarations. */
interface ShareAxis {
  readonly type: 'quantitative';
  readonly scale: { readonly domain: number[] };
  readonly axis: { readonly title: string; readonly values: number[]; readonly labelExpr: string };
}

/** A vertical axis of shares, from none to all. */
export function shareAxis(title: string): ShareAxis {
  return {
    type: 'quantitative' as const,
    scale: { domain: [0, 1] },
    axis: {
      title,
      values: [0, 0.2, 0.4, 0.6, 0.8, 1],
      labelExpr: "format(datum.value * 100, '.0f') + '\\u00a0%'",
    },
  };
}

/** Renders a Vega-Lite chart to SVG; equal specifications give equal bytes. */
export async function renderChart(spec: TopLevelSpec, width: number, height: number): Promise<Html> {
  const { spec: vega } = compile({ ...spec, width, height, padding, config } as TopLevelSpec);
  const view = new View(parse(vega), { renderer: 'none' });
  try {
    return trusted(await view.toSVG());
  } finally {
    view.finalize();
  }
}
