import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { median } from './measure.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Some work; what returns `{ ms }` has timed itself, in another process say. */
export type TimedWork = () => unknown;

/**
 * Runs several pieces of work in turn, for several rounds, so that a busy moment of the machine meets them alike; the
 * first round warms up and does not count.
 *
 * @param works Those that are undefined are passed over.
 * @param prepare is run before each piece of work, not timed.
 * @returns the median of each in ms.
 */
export async function measureInTurn<K extends string>(
  works: Readonly<Record<K, TimedWork | undefined>>,
  { rounds = 5, prepare }: { rounds?: number; prepare?: (() => unknown) | undefined } = {},
): Promise<Partial<Record<K, number>>> {
  const times = {} as Record<K, number[]>;
  for (let round = 0; round <= rounds; round++) {
    for (const [name, work] of Object.entries(works) as [K, TimedWork | undefined][]) {
      if (!work) continue;
      await prepare?.();
      // What one leaves behind is not to be swept away in the time of the next.
      collectGarbage();
      const start = performance.now();
      const result = await work();
      const ms = hasTimedItself(result) ? result.ms : performance.now() - start;
      times[name] ??= [];
      if (round > 0) times[name].push(ms);
    }
  }
  return Object.fromEntries(
    Object.entries<number[]>(times).map(([name, all]) => [name, median(all)]),
  ) as Partial<Record<K, number>>;
}

function hasTimedItself(result: unknown): result is { readonly ms: number } {
  return typeof (result as { ms?: unknown } | undefined)?.ms === 'number';
}
