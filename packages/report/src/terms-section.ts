import { type Html, html } from './html.ts';

const terms: readonly (readonly [string, string])[] = [
  [
    'Found, missed, false alarm',
    'A nodule is found if a candidate’s centre lies nearer to its centre than its radius. A candidate on no nodule is a ' +
      'false alarm, unless it lies on a finding that the annotators left out: that counts neither way.',
  ],
  [
    'FROC curve and CPM',
    'As candidates of lower probability are admitted, more nodules are found and more false alarms raised. LUNA16 reads the ' +
      'curve at 1/8, 1/4, 1/2, 1, 2, 4 and 8 false alarms a scan; the mean of the seven is the CPM, 1 at best.',
  ],
  [
    'Recall, precision, Dice',
    'Of the true nodule pixels the share that is marked; of the marked pixels the share that is true; and the overlap of both, ' +
      '2 · common / (true + marked).',
  ],
  [
    '95 % interval',
    'The scans are drawn anew many times, with replacement; 95 % of the results lie within the interval. It says how much the ' +
      'choice of scans matters. Of few scans it is rough, and rather too narrow; where fewer than two define a figure there is none.',
  ],
];

/** What the words and figures mean. */
export function termsSection(): Html {
  return html`<section aria-labelledby="terms-title"><h2 id="terms-title">Terms</h2>
<dl class="terms">${terms.map(([term, meaning]) => html`<dt>${term}</dt><dd>${meaning}</dd>`)}</dl></section>`;
}
