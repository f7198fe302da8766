import { count, hasBounds, ratio, withBounds } from './format.ts';
import { baselineDash, frocChart, publishedDashes } from './froc-chart.ts';
import { type Html, html } from './html.ts';
import { publishedCpm, publishedSource, publishedSystems } from './published-systems.ts';
import { ink } from './render-chart.ts';
import type { Baseline, ReportData, SizeScores, TrainingRow } from './report-data.ts';
import { sizeChart } from './size-chart.ts';
import { lossChart, scoreStyles, validationChart } from './training-charts.ts';

/** The FROC curve, the bars by size and the training curves, as far as there is data for them. */
export async function chartsSection(data: ReportData): Promise<Html> {
  const { summary, baseline, training } = data;
  return html`${await frocSection(data)}
${summary && (await sizeSection(summary.sizes, baseline))}
${training && training.length > 0 && (await trainingSection(training))}`;
}

async function frocSection({ curve, baseline, data }: ReportData): Promise<Html> {
  const systems = publishedSystems.map(({ name, sensitivityAt }, i) => {
    const mean = sensitivityAt.reduce((sum, s) => sum + s, 0) / sensitivityAt.length;
    return html`<li>${lineKey(ink.muted, publishedDashes[i]!, 1.25)}<span>${name}: CPM ${ratio(mean)}</span></li>`;
  });
  const { froc, band } = curve;
  const caption =
    data.kind === 'luna16'
      ? froc.scans === 888
        ? 'All were measured on LUNA16’s 888 scans.'
        : `The published systems were measured on all 888 scans of LUNA16, this model on ${count(froc.scans)} of them.`
      : `The published systems were measured on LUNA16’s 888 scans, this model on ${
          data.kind === 'phantoms' ? 'synthetic scans (phantoms)' : 'other scans'
        }: their curves give the scale and are no comparison.`;
  const label =
    band && `: CPM ${withBounds(band.cpm, ratio)}${hasBounds(band.cpm) ? ', with its 95\u00a0% band' : ''}`;
  return html`<section aria-labelledby="froc-title"><h2 id="froc-title">Nodules found against false alarms</h2>
<div class="chart-row"><div class="chart"><div class="plot" role="img" aria-label="FROC curve; its values stand in the table of scores">${await frocChart(curve, baseline)}</div></div>
<div><ul class="legend" aria-label="Curves"><li>${lineKey(ink.ours, [1, 0], 2.5)}<span><b>This model</b>${label}</span></li>
${baseline?.curve && html`<li>${lineKey(ink.baseline, baselineDash, 2)}<span>${baseline.name}</span></li>`}
${systems}</ul>
<p class="note">${caption} Other published CPMs: ${publishedCpm.map(({ name, cpm }) => `${name} ${ratio(cpm)}`).join('; ')}.</p>
<p class="note">Source of the curves: ${publishedSource}.</p></div></div></section>`;
}

async function sizeSection(sizes: readonly SizeScores[], baseline: Baseline | undefined): Promise<Html> {
  const others = baseline?.summary?.sizes;
  const hasIntervals = [...sizes, ...(others ?? [])].some(({ sensitivity }) => hasBounds(sensitivity));
  const legend = others
    ? html`<ul class="legend" aria-label="Bars"><li>${barKey(ink.oursSoft)}this model</li><li>${barKey(ink.baselineSoft)}${baseline?.name}</li></ul>`
    : undefined;
  return html`<section aria-labelledby="sizes-title"><h2 id="sizes-title">Nodules found by size</h2>
<div class="chart-row"><div class="chart"><div class="plot" role="img" aria-label="${sizes.map(({ name, found, nodules }) => `${name}: ${found} of ${nodules}`).join('; ')}">${await sizeChart(sizes, others)}</div></div>
<div>${legend}<p class="note">At the operating point, by the annotated diameter${hasIntervals && html`; the lines are 95&nbsp;% intervals`}.</p></div></div></section>`;
}

async function trainingSection(rows: readonly TrainingRow[]): Promise<Html> {
  const legend = Object.entries(scoreStyles).map(
    ([name, { color, dash }]) =>
      html`<li>${lineKey(color, dash, 1.75)}${name === 'dice' ? 'Dice' : name}</li>`,
  );
  return html`<section aria-labelledby="training-title"><h2 id="training-title">Training</h2>
<div class="charts"><div class="chart"><div class="plot" role="img" aria-label="Loss over the steps of training">${await lossChart(rows)}</div>
<p class="note">Mean loss of runs of steps; shaded from the lowest to the highest.</p></div>
<div class="chart"><div class="plot" role="img" aria-label="Recall, precision and Dice at the validations">${await validationChart(rows)}</div>
<ul class="legend" aria-label="Scores">${legend}</ul></div></div></section>`;
}

function lineKey(color: string, dash: readonly number[], width: number): Html {
  return html`<svg viewBox="0 0 34 10" aria-hidden="true"><path d="M0 5h34" fill="none" stroke="${color}" stroke-width="${width}" stroke-dasharray="${dash.join(' ')}"/></svg>`;
}

function barKey(color: string): Html {
  return html`<svg viewBox="0 0 34 10" aria-hidden="true"><path d="M0 0h34v10h-34z" fill="${color}"/></svg>`;
}
