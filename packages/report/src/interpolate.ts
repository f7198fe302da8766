/**
 * Reads a curve at `at`, linearly between its points and level beyond its ends, as `numpy.interp` does.
 *
 * @param x ascending; where values repeat the last one counts.
 * @param y null, as JSON has it, is NaN.
 */
export function interpolate(x: readonly number[], y: readonly (number | null)[], at: number): number {
  if (x.length === 0) return Number.NaN;
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  const value = (place: number): number => y[place] ?? Number.NaN;
  if (low === 0) return value(0);
  const left = low - 1;
  if (low === x.length || x[left] === at) return value(left);
  return value(left) + ((value(low) - value(left)) * (at - x[left]!)) / (x[low]! - x[left]!);
}
