import type { ScanScores } from '@lunet/evaluate';
import { textTable } from '../terminal/text-table.ts';

const columns: readonly (readonly [title: string, cell: (scores: ScanScores) => string])[] = [
  ['pixel recall', ({ recall }) => recall.toFixed(3)],
  ['precision', ({ precision }) => precision.toFixed(3)],
  ['Dice', ({ dice }) => dice.toFixed(3)],
  ['nodules found', ({ nodulesFound, nodules }) => `${nodulesFound}/${nodules}`],
  ['false positives/scan', ({ falsePositivesPerScan }) => falsePositivesPerScan.toFixed(1)],
];

/** Lays scores out as a table under a title, a row for each name. */
export function scoreTable(title: string, rows: Readonly<Record<string, ScanScores>>): string {
  return textTable([
    [title, ...columns.map(([column]) => column)],
    ...Object.entries(rows).map(([name, scores]) => [name, ...columns.map(([, cell]) => cell(scores))]),
  ]);
}
