/**
 * Makes the median of values of which each belongs to a scan: every value counts as often as its scan does.
 *
 * The values are sorted once; a median is then one pass over them. As NumPy's, it is the mean of the middle two of an
 * even number, and NaN of none.
 */
export function createMedian(
  values: readonly { readonly value: number; readonly scan: number }[],
): (times: Int32Array) => number {
  const sorted = values.toSorted((a, b) => a.value - b.value);
  const ascending = Float64Array.from(sorted, ({ value }) => value);
  const scans = Int32Array.from(sorted, ({ scan }) => scan);
  return (times) => {
    let total = 0;
    for (let i = 0; i < scans.length; i++) total += times[scans[i]!]!;
    if (total === 0) return Number.NaN;
    const lower = (total - 1) >> 1;
    const upper = total >> 1;
    let low = Number.NaN;
    for (let i = 0, passed = 0; i < scans.length; i++) {
      passed += times[scans[i]!]!;
      if (Number.isNaN(low) && passed > lower) low = ascending[i]!;
      if (passed > upper) return (low + ascending[i]!) / 2;
    }
    return low;
  };
}
