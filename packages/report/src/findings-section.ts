import { findingCard, kinds } from './finding-card.ts';
import { count, counted, figure } from './format.ts';
import { type Html, html } from './html.ts';
import type { ReportFinding, ReportScan } from './report-data.ts';

/** Every scan's findings, with what filters and steps through them. */
export function findingsSection(scans: readonly ReportScan[], threshold: number | undefined): Html {
  const findings = scans.flatMap((scan) => scan.findings);
  const choices = [
    ['all', 'All', findings.length],
    ['found', 'Found', ofKind(findings, 'found')],
    ['missed', 'Missed', ofKind(findings, 'missed')],
    ['false-positive', 'False alarms', ofKind(findings, 'false-positive')],
  ] as const;
  const filters = choices.map(
    ([value, name, total], i) =>
      html`<label><input type="radio" name="kind" value="${value}"${i === 0 && html` checked`}><span>${name} <b>${count(total)}</b></span></label>`,
  );
  return html`<section id="findings" aria-labelledby="findings-title">
<h2 id="findings-title">Findings</h2>
<p class="note">Three planes through each centre in the lung window, 1,500&nbsp;HU wide at −600; the patient’s right is on the left of axial and
coronal views. World coordinates are LPS, as LUNA16’s annotations. ${shownNote(scans)}</p>
<div class="toolbar" role="group" aria-label="Findings">
<fieldset><legend class="hidden">Show</legend>${filters}</fieldset>
<span class="steps"><button type="button" id="previous" aria-label="Previous finding">←</button><button type="button" id="next" aria-label="Next finding">→</button></span>
<span id="status" role="status"></span>
<button type="button" id="outlines" aria-pressed="true">Outlines</button>
<button type="button" id="help-button" aria-haspopup="dialog">Keys</button>
</div>
${outlineLegend(threshold)}
${scans.length > 1 && scanIndex(scans)}
${scans.map((scan, i) => scanSection(scan, i + 1))}
<p id="none-shown" class="note" hidden>No finding of this kind.</p>
</section>`;
}

function ofKind(findings: readonly ReportFinding[], kind: ReportFinding['kind']): number {
  return findings.filter((finding) => finding.kind === kind).length;
}

function shownNote(scans: readonly ReportScan[]): string {
  const all = scans.reduce((sum, scan) => sum + scan.falsePositives, 0);
  const shown = scans.reduce((sum, scan) => sum + ofKind(scan.findings, 'false-positive'), 0);
  return shown < all
    ? `${count(shown)} of ${counted(all, 'false alarm')} are shown, the most probable of each scan.`
    : '';
}

/** What the lines of the cut-outs stand for. */
function outlineLegend(threshold: number | undefined): Html {
  const at = threshold === undefined ? '' : ` (above ${figure(threshold)})`;
  return html`<ul class="legend outline-legend" aria-label="Outlines"><li><svg class="key" viewBox="0 0 34 10" aria-hidden="true"><path class="truth" d="M1 5h32"/></svg>truth</li><li><svg class="key" viewBox="0 0 34 10" aria-hidden="true"><path class="prediction" d="M1 5h32"/></svg>prediction${at}</li></ul>`;
}

/** A line for each scan, to go there. */
function scanIndex(scans: readonly ReportScan[]): Html {
  const rows = scans.map(({ seriesUid, nodules, found, falsePositives }, i) => {
    const missed = nodules - found;
    return html`<tr><td>${i + 1}</td><th scope="row"><a href="#scan-${i + 1}">${seriesUid}</a></th><td>${nodules}</td><td>${found}</td><td class="${missed > 0 && 'missed'}">${missed}</td><td>${falsePositives}</td></tr>
`;
  });
  return html`<details class="index"${scans.length <= 12 && html` open`}><summary>${counted(scans.length, 'scan')}</summary><div class="scroll" tabindex="0" role="region" aria-label="Scans"><table class="scans"><thead><tr><th scope="col">#</th><th scope="col">Series UID</th><th scope="col">Nodules</th><th scope="col">Found</th><th scope="col">Missed</th><th scope="col">False alarms</th></tr></thead><tbody>
${rows}</tbody></table></div></details>`;
}

function scanSection(scan: ReportScan, number: number): Html {
  const { seriesUid, nodules, found, falsePositives, findings } = scan;
  const shown = ofKind(findings, 'false-positive');
  const facts = [
    nodules === 0 ? 'no nodule' : `${found} of ${counted(nodules, 'nodule')} found`,
    `${counted(falsePositives, 'false alarm')}${shown < falsePositives ? `, ${shown} shown` : ''}`,
  ];
  return html`<section class="scan" id="scan-${number}" aria-labelledby="scan-${number}-title">
<h3 id="scan-${number}-title">Scan ${number} <span class="uid">${seriesUid}</span></h3>
<p class="note">${facts.join(' · ')}</p>
${findings.map((finding, i) => findingCard(finding, `${number}.${i + 1}`))}</section>
`;
}

/** What the keys do, shown by `?`. */
export function helpDialog(): Html {
  const keys = [
    [['j', '→'], 'next finding'],
    [['k', '←'], 'previous finding'],
    [['1'], 'all findings'],
    [['2'], `${kinds.found.name.toLowerCase()} only`],
    [['3'], `${kinds.missed.name.toLowerCase()} only`],
    [['4'], 'false alarms only'],
    [['o'], 'outlines on or off'],
    [['?'], 'this help; Esc closes it'],
  ] as const;
  return html`<dialog id="help" aria-labelledby="help-title"><h2 id="help-title">Keys</h2><dl>${keys.map(
    ([names, what]) =>
      html`<div><dt>${names.map((name) => html`<kbd>${name}</kbd> `)}</dt><dd>${what}</dd></div>`,
  )}</dl><form method="dialog"><button>Close</button></form></dialog>`;
}
