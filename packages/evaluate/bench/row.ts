/** One line of the benchmark's table. */
export interface Row {
  readonly work: string;
  /** Median of the rounds, in ms. */
  readonly ours: number;
  /** Median of the rival in the same run, in ms; absent where the rival is not installed. */
  readonly rival?: number | undefined;
  readonly rivalName?: string;
  /** What the ratio should be, such as "≥ 3x". */
  readonly goal?: string;
  /** What bounds the work, or whatever else the reader must know. */
  readonly note?: string;
}

/** Runs some work once to warm up, then several rounds; returns the median in ms and the last result. */
export async function measure<T>(work: () => T | Promise<T>, rounds = 5): Promise<{ ms: number; result: T }> {
  let result: T | undefined = await work();
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    // A large result should not lie in the way of the next.
    result = undefined;
    const start = performance.now();
    result = await work();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return { ms: (times[(rounds - 1) >> 1]! + times[rounds >> 1]!) / 2, result: result as T };
}

/** The rows as a Markdown table. */
export function formatRows(rows: readonly Row[]): string {
  const lines = rows.map(({ work, ours, rival, rivalName, goal, note }) => [
    work,
    milliseconds(ours),
    rivalName ?? '–',
    rival === undefined ? (rivalName === undefined ? '–' : 'not installed') : milliseconds(rival),
    rival === undefined ? '–' : `${(rival / ours).toFixed(1)}x`,
    goal ?? '–',
    note ?? '',
  ]);
  const head = ['work', 'ours ms', 'rival', 'rival ms', 'ratio', 'goal', 'note'];
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function milliseconds(ms: number): string {
  return ms < 10 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : Math.round(ms).toLocaleString('en');
}
