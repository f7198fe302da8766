import type { ScanScores } from '@lunet/evaluate';

const columns: readonly (readonly [title: string, cell: (scores: ScanScores) => string])[] = [
  ['pixel recall', ({ recall }) => recall.toFixed(3)],
  ['precision', ({ precision }) => precision.toFixed(3)],
  ['Dice', ({ dice }) => dice.toFixed(3)],
  ['nodules found', ({ nodulesFound, nodules }) => `${nodulesFound}/${nodules}`],
  ['false positives/scan', ({ falsePositivesPerScan }) => falsePositivesPerScan.toFixed(1)],
];

/** Lays scores out as a table under a title, a row for each name. */
export function scoreTable(title: string, rows: Readonly<Record<string, ScanScores>>): string {
  const cells = [
    [title, ...columns.map(([column]) => column)],
    ...Object.entries(rows).map(([name, scores]) => [name, ...columns.map(([, cell]) => cell(scores))]),
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  '),
  );
  lines.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '));
  return `\n${lines.join('\n')}\n`;
}
