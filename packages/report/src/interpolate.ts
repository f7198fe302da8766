/**
 * Reads a curve at `at`, linearly between its points and level beyond its ends, as `numpy.interp` does.
 *
 * @param x ascending; where values repeat the last one counts.
 */
export function interpolate(x: readonly number[], y: readonly number[], at: number): number {
  if (x.length === 0) return Number.NaN;
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return y[0]!;
  const left = low - 1;
  if (low === x.length || x[left] === at) return y[left]!;
  return y[left]! + ((y[low]! - y[left]!) * (at - x[left]!)) / (x[low]! - x[left]!);
}
