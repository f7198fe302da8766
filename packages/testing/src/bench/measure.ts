/** How often some work is timed. */
export interface MeasureOptions {
  readonly rounds?: number;
  /** Run before each round, not timed. */
  readonly prepare?: (() => void | Promise<void>) | undefined;
}

/**
 * Runs some work once to warm up, then several rounds.
 *
 * @returns the median in ms, and the last result.
 */
export async function measure<T>(
  work: () => T | Promise<T>,
  { rounds = 5, prepare }: MeasureOptions = {},
): Promise<{ ms: number; result: T }> {
  await prepare?.();
  let result: T | undefined = await work();
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    // A large result should not lie in the way of the next.
    result = undefined;
    await prepare?.();
    const start = performance.now();
    result = await work();
    times.push(performance.now() - start);
  }
  return { ms: median(times), result: result as T };
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
