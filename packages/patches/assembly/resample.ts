/** Two lanes of an interleaved pixel, in double precision. */
function loadPair(at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(at));
}

function limit(value: f64, last: f64): f64 {
  const below: f64 = value < last ? value : last;
  return below > 0 ? below : 0;
}

/** Two lanes at a place between four pixels; the order of the sums is that of resample-crop.ts. */
function blend(at: usize, right: usize, below: usize, w00: v128, w01: v128, w10: v128, w11: v128): v128 {
  let sum: v128 = f64x2.mul(w00, loadPair(at));
  sum = f64x2.add(sum, f64x2.mul(w01, loadPair(at + right)));
  sum = f64x2.add(sum, f64x2.mul(w10, loadPair(at + below)));
  return f64x2.add(sum, f64x2.mul(w11, loadPair(at + below + right)));
}

/**
 * Resamples a crop of an interleaved slab, bilinear, to the very numbers of resample-crop.ts.
 *
 * @param source `[sourceRows, sourceColumns, lanes]`, see interleave.
 * @param image `[rows, columns, slices]`, and 16 bytes more that are overwritten.
 * @param label `[rows, columns]`.
 * @param scratch 32 bytes.
 */
export function resample(
  source: usize,
  sourceRows: i32,
  sourceColumns: i32,
  slices: i32,
  image: usize,
  label: usize,
  rows: i32,
  columns: i32,
  rowPerRow: f64,
  rowPerColumn: f64,
  rowStart: f64,
  columnPerRow: f64,
  columnPerColumn: f64,
  columnStart: f64,
  scratch: usize,
): void {
  const groups: i32 = slices >> 2;
  const pixelStep: usize = (<usize>(groups + 1)) << 4;
  const rowStep: usize = pixelStep * <usize>sourceColumns;
  const labelAt: usize = scratch + ((<usize>(slices & 3)) << 3);
  const outStep: usize = (<usize>slices) << 2;
  const lastRow: f64 = <f64>(sourceRows - 1);
  const lastColumn: f64 = <f64>(sourceColumns - 1);
  for (let r: i32 = 0; r < rows; r++) {
    const rowBase: f64 = rowPerRow * <f64>r;
    const columnBase: f64 = columnPerRow * <f64>r;
    for (let c: i32 = 0; c < columns; c++) {
      const y: f64 = limit(rowBase + rowPerColumn * <f64>c + rowStart, lastRow);
      const x: f64 = limit(columnBase + columnPerColumn * <f64>c + columnStart, lastColumn);
      const y0: i32 = <i32>y;
      const x0: i32 = <i32>x;
      const below: usize = y < lastRow ? rowStep : 0;
      const right: usize = x < lastColumn ? pixelStep : 0;
      const fy: f64 = y - <f64>y0;
      const fx: f64 = x - <f64>x0;
      const w00: v128 = f64x2.splat((1 - fy) * (1 - fx));
      const w01: v128 = f64x2.splat((1 - fy) * fx);
      const w10: v128 = f64x2.splat(fy * (1 - fx));
      const w11: v128 = f64x2.splat(fy * fx);
      let at: usize = source + <usize>y0 * rowStep + <usize>x0 * pixelStep;
      for (let group: i32 = 0; group < groups; group++) {
        const low: v128 = f32x4.demote_f64x2_zero(blend(at, right, below, w00, w01, w10, w11));
        const high: v128 = f32x4.demote_f64x2_zero(blend(at + 8, right, below, w00, w01, w10, w11));
        v128.store(image + ((<usize>group) << 4), v128.shuffle<f64>(low, high, 0, 2));
        at += 16;
      }
      // The last group holds the label; what lies beyond the slices is overwritten by the next pixel.
      const low: v128 = blend(at, right, below, w00, w01, w10, w11);
      const high: v128 = blend(at + 8, right, below, w00, w01, w10, w11);
      v128.store(scratch, low);
      v128.store(scratch + 16, high);
      const pair: v128 = v128.shuffle<f64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
      v128.store(image + ((<usize>groups) << 4), pair);
      store<f32>(label, load<f64>(labelAt) >= 0.5 ? 1 : 0);
      image += outStep;
      label += 4;
    }
  }
}
