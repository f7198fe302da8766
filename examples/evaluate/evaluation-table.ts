import { type Figure, officialRates, type Summary } from '@lunet/evaluate';
import { textTable } from '../terminal/text-table.ts';
import type { ChallengeScores, OperatingPoint } from './evaluation-scores.ts';

const rateNames = ['1/8', '1/4', '1/2', '1', '2', '4', '8'];

/** LUNA16's score as a table: sensitivity at each rate of false positives with its band, a row for each other system. */
export function challengeTable(
  title: string,
  systems: readonly (readonly [name: string, scores: ChallengeScores])[],
): string {
  return textTable([
    [title, ...officialRates.map((_, i) => rateNames[i]!), 'CPM'],
    ...systems.flatMap(([name, { sensitivityAt, cpm, band }], system) => {
      const row = [name, ...sensitivityAt.map(digits), digits(cpm)];
      if (system > 0) return [row];
      const bounds = (of: 'lower' | 'upper') =>
        [...band.sensitivityAt, band.cpm].map((interval) => digits(interval[of]));
      return [row, ['  95 % from', ...bounds('lower')], ['  to', ...bounds('upper')]];
    }),
  ]);
}

const figures: readonly (readonly [name: string, figure: (summary: Summary) => Figure])[] = [
  ['false positives a scan', (summary) => summary.falsePositivesPerScan],
  ['voxel recall, all slices', ({ allSlices }) => allSlices.recall],
  ['voxel precision, all slices', ({ allSlices }) => allSlices.precision],
  ['voxel Dice, all slices', ({ allSlices }) => allSlices.dice],
  ['voxel Dice, nodule slices', ({ noduleSlices }) => noduleSlices.dice],
  ['Dice of a nodule, median', (summary) => summary.noduleDice],
  ['volume error of a nodule, median', (summary) => summary.volumeError],
];

/** What was found and how well it was outlined at the operating point: figures with their intervals, by system. */
export function summaryTable(
  title: string,
  systems: readonly (readonly [name: string, summary: Summary])[],
): string {
  const [first] = systems[0]!.slice(1) as [Summary];
  const cells = (read: (summary: Summary) => readonly [text: string, figure: Figure]): string[] =>
    systems.flatMap(([, summary], system) => {
      const [text, figure] = read(summary);
      return system > 0 ? [text] : [text, bounds(figure)];
    });
  return textTable([
    [title, ...systems.flatMap(([name], system) => (system > 0 ? [name] : [name, '95 %']))],
    ['nodules found', ...cells((summary) => [`${summary.found}/${summary.nodules}`, summary.sensitivity])],
    ...first.sizes.map(({ name }, i) => [
      `  ${name}`,
      ...cells(({ sizes }) => [`${sizes[i]!.found}/${sizes[i]!.nodules}`, sizes[i]!.sensitivity]),
    ]),
    ...figures.map(([name, read]) => [
      name,
      ...cells((summary) => [digits(read(summary)?.value ?? Number.NaN), read(summary)]),
    ]),
  ]);
}

/** A threshold that was picked by rule, in a line. */
export function describeOperatingPoint({
  rule,
  pickedOn,
  reason,
  threshold,
  ...scores
}: OperatingPoint): string {
  if (typeof threshold !== 'number') return `note        ${reason}`;
  const values = Object.entries(scores).map(
    ([name, value]) =>
      `${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} ${digits(Number(value))}`,
  );
  return `threshold   ${Number(threshold.toPrecision(4))} for ${rule}, picked on ${pickedOn}: ${values.join(', ')}`;
}

function bounds(figure: Figure): string {
  return figure && !Number.isNaN(figure.lower) ? `${digits(figure.lower)} to ${digits(figure.upper)}` : '-';
}

function digits(value: number): string {
  if (Number.isNaN(value)) return '-';
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(3);
}
