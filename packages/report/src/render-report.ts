import { chartsSection } from './charts-section.ts';
import { findingsSection, helpDialog } from './findings-section.ts';
import { count, counted, figure } from './format.ts';
import { type Html, html, trusted } from './html.ts';
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';
import type { OperatingScores, ReportData } from './report-data.ts';
import { summarySentences } from './summary-sentence.ts';
import { summaryTable } from './summary-table.ts';
import { termsSection } from './terms-section.ts';

/**
 * Renders an evaluation as one HTML file that opens offline: it asks for nothing from outside, and its own policy forbids
 * it to.
 *
 * The same data gives the same bytes.
 *
 * @returns the file's text.
 * @example
 * ```ts
 * const page = await renderReport({ date: '2026-11-23', model: 'U-Net', data, curve: { froc: score, band } });
 * await writeFile('report.html', page);
 * ```
 */
export async function renderReport(data: ReportData): Promise<string> {
  const title = data.title ?? 'Lung nodule evaluation';
  const { scans, summary } = data;
  const [lead, ...rest] = summarySentences(data);
  const findings =
    scans?.some((scan) => scan.findings.length > 0) && findingsSection(scans, summary?.threshold);
  const policy = `default-src 'none'; img-src data:; style-src '${await digest(pageStyle)}'; script-src '${await digest(pageScript)}'; base-uri 'none'; form-action 'none'`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${trusted(pageStyle)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="lead">${lead}</p>
${rest.length > 0 && html`<p>${rest.join(' ')}</p>`}
${header(data)}
</header>
<main>
<section aria-labelledby="scores-title"><h2 id="scores-title">Scores</h2>
${summaryTable(data)}
</section>
${await chartsSection(data)}
${findings}
${termsSection()}
</main>
<footer>Written by lunet for research. It is no medical device and must not guide the care of a patient.</footer>
${findings && helpDialog()}
<script>${trusted(pageScript)}</script>
</body>
</html>
`;
  return page.html;
}

/** What was evaluated, on what, and when. */
function header({ model, data, date, curve, summary, details }: ReportData): Html {
  const facts: Record<string, string> = {
    Model: model,
    Data: data.name,
    ...(data.folds === undefined ? {} : { Folds: data.folds }),
    Scans: `${count(curve.froc.scans)}, with ${counted(curve.froc.nodules, 'nodule')}`,
    ...(summary ? { 'Operating point': operatingPoint(summary) } : {}),
    Date: date,
    ...details,
  };
  const rows = Object.entries(facts).map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  );
  return html`<dl class="facts-list">${rows}</dl>`;
}

function operatingPoint({ threshold, candidateThreshold }: OperatingScores): string {
  const voxels = `voxels above ${figure(threshold)}`;
  return candidateThreshold > threshold ? `${voxels}, candidates from ${figure(candidateThreshold)}` : voxels;
}

/** The hash by which a policy allows a style or script, and no other. */
async function digest(text: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return `sha256-${btoa(String.fromCharCode(...hash))}`;
}
