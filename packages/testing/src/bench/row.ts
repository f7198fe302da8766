/** One line of a benchmark's table. */
export interface Row {
  readonly work: string;
  /** Median of the rounds. */
  readonly ours: number;
  /** Median of the rival in the same run; absent where the rival is not installed. */
  readonly rival?: number | undefined;
  readonly rivalName?: string;
  /** What both are in, ms if absent; of `…/s` more is better, of all others less. */
  readonly unit?: string;
  /** What the ratio should be, such as "≥ 3x". */
  readonly goal?: string;
  /** What bounds the work, or whatever else the reader must know. */
  readonly note?: string;
}

/**
 * The rows as a Markdown table; a ratio over 1 says that we do better.
 *
 * @example
 * ```ts
 * formatRows([{ work: 'sort', ours: 2, rival: 5, rivalName: 'bubbles' }]);
 * // | work | ours | rival | its | ratio | goal | note |
 * // | --- | --- | --- | --- | --- | --- | --- |
 * // | sort | 2.00 ms | bubbles | 5.00 ms | 2.5x | – |  |
 * ```
 */
export function formatRows(rows: readonly Row[]): string {
  const lines = rows.map(({ work, ours, rival, rivalName, unit = 'ms', goal, note }) => [
    work,
    `${digits(ours)} ${unit}`,
    rivalName ?? '–',
    rival === undefined ? (rivalName === undefined ? '–' : 'not installed') : `${digits(rival)} ${unit}`,
    rival === undefined ? '–' : `${(unit.endsWith('/s') ? ours / rival : rival / ours).toFixed(1)}x`,
    goal ?? '–',
    note ?? '',
  ]);
  return formatTable(['work', 'ours', 'rival', 'its', 'ratio', 'goal', 'note'], lines);
}

/** A Markdown table. */
export function formatTable(head: readonly string[], lines: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function digits(value: number): string {
  if (value < 1) return value.toPrecision(2);
  if (value < 10) return value.toFixed(2);
  return value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en');
}
