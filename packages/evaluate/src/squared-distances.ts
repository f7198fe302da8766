/** Parallel lines of elements in an array, the first from its beginning on. */
export interface Lines {
  readonly lines: number;
  /** From one line to the next. */
  readonly lineStride: number;
  readonly length: number;
  /** From one element of a line to the next. */
  readonly stride: number;
}

/**
 * Replaces each value by the smallest of value + squared distance in mm over all elements of its line: one axis of the
 * distance transform of Felzenszwalb & Huttenlocher (Theory of Computing 8, 2012), linear in the elements.
 *
 * @param values squared distances so far; `Infinity` where there is none.
 * @param spacing mm between elements of a line.
 * @param limit what is farther, in mm², counts as none: `Infinity`.
 * @example
 * ```ts
 * const line = new Float32Array([Infinity, 0, Infinity, 3]);
 * squaredDistances(line, { lines: 1, lineStride: 4, length: 4, stride: 1 }, 2); // 4, 0, 4, 3
 * ```
 */
export function squaredDistances(
  values: Float32Array,
  { lines, lineStride, length, stride }: Lines,
  spacing: number,
  limit: number = Number.POSITIVE_INFINITY,
): void {
  const unit = spacing * spacing;
  // The lower envelope: each parabola's vertex, its height there, and from where on it is the lowest.
  const vertices = new Int32Array(length);
  const heights = new Float64Array(length);
  const starts = new Float64Array(length);
  for (let line = 0; line < lines; line++) {
    const first = line * lineStride;
    let parabolas = 0;
    for (let i = 0, at = first; i < length; i++, at += stride) {
      const value = values[at]!;
      if (value === Number.POSITIVE_INFINITY) continue;
      let start = Number.NEGATIVE_INFINITY;
      while (parabolas > 0) {
        const vertex = vertices[parabolas - 1]!;
        start = ((value - heights[parabolas - 1]!) / unit + i * i - vertex * vertex) / (2 * (i - vertex));
        if (start > starts[parabolas - 1]!) break;
        parabolas--;
      }
      vertices[parabolas] = i;
      heights[parabolas] = value;
      starts[parabolas] = parabolas === 0 ? Number.NEGATIVE_INFINITY : start;
      parabolas++;
    }
    if (parabolas === 0) continue;
    for (let i = 0, at = first, lowest = 0; i < length; i++, at += stride) {
      while (lowest + 1 < parabolas && starts[lowest + 1]! <= i) lowest++;
      const steps = i - vertices[lowest]!;
      const distance = heights[lowest]! + unit * steps * steps;
      values[at] = distance <= limit ? distance : Number.POSITIVE_INFINITY;
    }
  }
}
