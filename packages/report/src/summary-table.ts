import { bounds, type Format, percent, rate, ratio, signedPercent, wholePercent } from './format.ts';
import { officialRates, sensitivityOf } from './froc-chart.ts';
import { type Html, html } from './html.ts';
import type {
  Baseline,
  Estimate,
  OperatingScores,
  OverlapScores,
  ReportCurve,
  ReportData,
} from './report-data.ts';

/** One measure of the model and of the baseline. */
interface Row {
  readonly name: string;
  readonly ours: Estimate | null | undefined;
  readonly baseline: Estimate | null | undefined;
  readonly format: Format;
}

/** All scores with their 95 % intervals, the baseline's beside them. */
export function summaryTable({ curve, summary, baseline }: ReportData): Html {
  const other = baseline?.summary;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Scores">
<table class="scores">
<thead><tr><th scope="col">Measure</th><th scope="col">This model</th><th scope="col">95&nbsp;% interval</th>${
    baseline &&
    html`<th scope="col" class="other">${baseline.name}</th><th scope="col" class="other">95&nbsp;% interval</th>`
  }</tr></thead>
${group('Nodules found, by false alarms a scan', detectionRows(curve, baseline), baseline)}
${summary && group('Nodules, at the operating point', noduleRows(summary, other), baseline)}
${summary && group('Voxels of all slices, at the operating threshold', voxelRows(summary.allSlices, other?.allSlices), baseline)}
${summary && group('Voxels of slices with a nodule', voxelRows(summary.noduleSlices, other?.noduleSlices), baseline)}
</table></div>`;
}

function group(title: string, rows: readonly Row[], baseline: Baseline | undefined): Html {
  return html`<tbody><tr class="group"><th scope="rowgroup" colspan="${baseline ? 5 : 3}">${title}</th></tr>${rows.map(
    ({ name, ours, baseline: other, format }) =>
      html`<tr><th scope="row">${name}</th>${cells(ours, format)}${baseline && cells(other, format, 'other')}</tr>
`,
  )}</tbody>`;
}

function cells(estimate: Estimate | null | undefined, format: Format, name = 'ours'): Html {
  return html`<td class="${name}">${format(estimate?.value)}</td><td class="${name} interval">${bounds(estimate, format)}</td>`;
}

function detectionRows(curve: ReportCurve, baseline: Baseline | undefined): Row[] {
  const other = baseline?.curve;
  return [
    {
      name: 'CPM, the mean of the seven',
      ours: cpmOf(curve),
      baseline: other && cpmOf(other),
      format: ratio,
    },
    ...officialRates.map((at, i) => ({
      name: `at ${at < 1 ? `1/${1 / at}` : at}`,
      ours: sensitivityEstimate(curve, i),
      baseline: other && sensitivityEstimate(other, i),
      format: percent,
    })),
  ];
}

function cpmOf(curve: ReportCurve): Estimate {
  if (curve.band) return curve.band.cpm;
  const sum = officialRates.reduce((total, at) => total + sensitivityOf(curve, at), 0);
  return alone(sum / officialRates.length);
}

function sensitivityEstimate(curve: ReportCurve, rateIndex: number): Estimate {
  return curve.band?.sensitivityAt[rateIndex] ?? alone(sensitivityOf(curve, officialRates[rateIndex]!));
}

function alone(value: number): Estimate {
  return { value, lower: null, upper: null };
}

function noduleRows(ours: OperatingScores, other: OperatingScores | undefined): Row[] {
  const row = (
    name: string,
    key: 'sensitivity' | 'falsePositivesPerScan' | 'noduleDice' | 'volumeError' | 'absoluteVolumeError',
    format: Format,
  ): Row => ({ name, ours: ours[key], baseline: other?.[key], format });
  return [
    row('Nodules found', 'sensitivity', percent),
    row('False alarms a scan', 'falsePositivesPerScan', rate),
    row('Median Dice of a nodule', 'noduleDice', ratio),
    row('Median volume error', 'volumeError', signedPercent),
    row('Median volume error, either way', 'absoluteVolumeError', wholePercent),
  ];
}

function voxelRows(ours: OverlapScores, other: OverlapScores | undefined): Row[] {
  return [
    { name: 'Recall', ours: ours.recall, baseline: other?.recall, format: percent },
    { name: 'Precision', ours: ours.precision, baseline: other?.precision, format: percent },
    { name: 'Dice', ours: ours.dice, baseline: other?.dice, format: ratio },
  ];
}
