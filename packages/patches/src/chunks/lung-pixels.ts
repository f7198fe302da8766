/** HU below which a voxel is air or lung rather than tissue. */
export const airLimit = -400;

/**
 * Marks the air inside the body on one slice: lung, and the airways with it.
 *
 * A simple rule for scans without a lung mask that are read a slice at a time (`segmentLungs` of `@lunet/masks` does
 * better with the whole at hand): pixels below −400 HU that no path of such pixels joins to the slice's border.
 * Padding outside the field of view counts as air. Where the field of view cuts through a lung, that lung is taken for
 * the outside and left out.
 *
 * @param slice HU, `[rows, columns]`.
 * @returns 1 for a pixel of lung, else 0.
 * @example
 * ```ts
 * // A ring of tissue in air, with lung inside:
 * const [air, tissue, lung] = [-1000, 40, -800];
 * lungPixels(Int16Array.of(
 *   air, tissue, air,
 *   tissue, lung, tissue,
 *   air, tissue, air), 3, 3); // 1 in the middle alone
 * ```
 */
export function lungPixels(slice: ArrayLike<number>, rows: number, columns: number): Uint8Array {
  const lung = new Uint8Array(rows * columns);
  for (let i = 0; i < lung.length; i++) lung[i] = slice[i]! < airLimit ? 1 : 0;
  const stack = new Int32Array(rows * columns);
  let height = 0;
  const visit = (pixel: number): void => {
    if (lung[pixel] !== 1) return;
    lung[pixel] = 0;
    stack[height++] = pixel;
  };
  for (let column = 0; column < columns; column++) {
    visit(column);
    visit((rows - 1) * columns + column);
  }
  for (let row = 0; row < rows; row++) {
    visit(row * columns);
    visit(row * columns + columns - 1);
  }
  while (height > 0) {
    const pixel = stack[--height]!;
    const column = pixel % columns;
    if (column > 0) visit(pixel - 1);
    if (column < columns - 1) visit(pixel + 1);
    if (pixel >= columns) visit(pixel - columns);
    if (pixel < (rows - 1) * columns) visit(pixel + columns);
  }
  return lung;
}
