/**
 * Does work on items, several at once, and gives the results in the items' order.
 *
 * After a failure no further item is begun; it is thrown once what was under way has ended.
 *
 * @throws {RangeError} if `concurrency` is not a whole number from 1.
 */
export async function concurrently<T, R>(
  items: readonly T[],
  concurrency: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  if (!(Number.isInteger(concurrency) && concurrency >= 1)) {
    throw new RangeError(`Cannot work with concurrency ${concurrency}: expected a whole number from 1`);
  }
  const results = new Array<R>(items.length);
  const failures: unknown[] = [];
  let next = 0;
  const run = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const index = next++;
      try {
        results[index] = await work(items[index]!, index);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, run));
  if (failures.length > 0) throw failures[0];
  return results;
}
