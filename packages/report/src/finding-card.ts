import type { CutOut, CutOutPlane } from './cut-out.ts';
import { millimetres, ratio } from './format.ts';
import { type Html, html } from './html.ts';
import type { ReportFinding } from './report-data.ts';

/** What a finding is called, and the sign that goes with its colour. */
export const kinds: Readonly<
  Record<ReportFinding['kind'], { readonly name: string; readonly sign: string }>
> = {
  found: { name: 'Found', sign: '✓' },
  missed: { name: 'Missed', sign: '✕' },
  'false-positive': { name: 'False alarm', sign: '!' },
};

/** A finding: what is known of it, and its cut-outs with truth and prediction drawn in. */
export function findingCard(finding: ReportFinding, place: string): Html {
  const { kind, diameterMm, probability, dice, centerWorld, cutOut } = finding;
  const { name, sign } = kinds[kind];
  const id = `finding-${place.replace('.', '-')}`;
  return html`<article class="finding ${kind}" data-kind="${kind}" tabindex="-1" id="${id}" aria-labelledby="${id}-name">
<div class="facts"><h4 id="${id}-name"><span class="sign" aria-hidden="true">${sign}</span>${name} <span class="place">${place}</span></h4>
<dl>${diameterMm !== undefined && fact('Diameter', `${millimetres(diameterMm)} mm`)}${
    probability !== undefined &&
    fact('Probability', `${ratio(probability)}${kind === 'missed' ? ', too low' : ''}`)
  }${dice !== undefined && fact('Dice', ratio(dice))}${centerWorld.map((mm, axis) =>
    fact(`World ${'xyz'[axis]}`, `${millimetres(mm)} mm`),
  )}</dl></div>
${cutOut && html`<div class="planes">${cutOut.planes.map((plane) => planeView(plane, cutOut, name))}</div>`}
</article>
`;
}

function fact(name: string, value: string): Html {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

/** A plane as an SVG in mm: the picture stretched to the voxels' true proportions, the outlines in its pixels over it. */
function planeView(plane: CutOutPlane, { sizeMm }: CutOut, name: string): Html {
  const { width, height, pixelMm, cornerMm, labels } = plane;
  // Measures of what is drawn on top, in mm: a share of the view, so that they look alike at every size.
  const unit = sizeMm / 50;
  const middle = sizeMm / 2;
  const bar = scaleBarMm(sizeMm);
  const outlines = html`<g class="outlines" transform="translate(${cornerMm[0]} ${cornerMm[1]}) scale(${pixelMm[0]} ${pixelMm[1]})">${
    plane.truth !== '' &&
    html`<path class="halo" d="${plane.truth}"/><path class="truth" d="${plane.truth}"/>`
  }${plane.prediction !== '' && html`<path class="prediction" d="${plane.prediction}"/>`}</g>`;
  const label = (text: string, x: number, y: number, anchor: string) =>
    html`<text x="${x}" y="${y}" text-anchor="${anchor}">${text}</text>`;
  return html`<figure><svg viewBox="0 0 ${sizeMm} ${sizeMm}" role="img" aria-label="${name}, ${plane.name} plane">
<rect width="${sizeMm}" height="${sizeMm}"/><image x="${cornerMm[0]}" y="${cornerMm[1]}" width="${tidy(width * pixelMm[0])}" height="${tidy(height * pixelMm[1])}" preserveAspectRatio="none" decoding="async" href="${plane.png}"/>
${outlines}
<g class="overlay" font-size="${2.8 * unit}">${label(labels.left, unit, middle + unit, 'start')}${label(labels.right, sizeMm - unit, middle + unit, 'end')}${label(labels.top, middle, 3.2 * unit, 'middle')}<path d="M${2 * unit} ${sizeMm - 2.5 * unit}v${unit}h${bar}v${-unit}"/>${label(`${bar} mm`, 2 * unit + bar / 2, sizeMm - 3 * unit, 'middle')}</g></svg><figcaption>${plane.name}</figcaption></figure>`;
}

/** The longest of 1, 2, 5, 10, 20 … mm that takes no more than a quarter of the view. */
function scaleBarMm(sizeMm: number): number {
  const power = 10 ** Math.floor(Math.log10(sizeMm / 4));
  return [5, 2, 1].map((step) => step * power).find((mm) => mm <= sizeMm / 4)!;
}

function tidy(mm: number): number {
  return Math.round(mm * 1000) / 1000;
}
