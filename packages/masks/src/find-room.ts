import type { BlockGrid } from './block-grid.ts';
import { padding } from './block-means.ts';

/** Half way between room air and lung. */
const roomLimit = -930;

/**
 * Finds what lies outside the patient in each slice: room air and padding that paths of both join to its border.
 *
 * Slice by slice, since over slices a path may lead through mouth and windpipe into the lungs.
 *
 * @returns 1 for room air, 2 for padding, else 0.
 */
export function findRoom(means: Int16Array, { size: [width, height, slices] }: BlockGrid): Uint8Array {
  const room = new Uint8Array(means.length);
  const area = width * height;
  const queue = new Int32Array(area);
  let end = 0;
  const visit = (i: number): void => {
    const hu = means[i]!;
    if (hu >= roomLimit || room[i] !== 0) return;
    room[i] = hu === padding ? 2 : 1;
    queue[end++] = i;
  };
  for (let k = 0; k < slices; k++) {
    const first = k * area;
    const last = first + area - width;
    end = 0;
    for (let x = 0; x < width; x++) {
      visit(first + x);
      visit(last + x);
    }
    for (let row = first; row <= last; row += width) {
      visit(row);
      visit(row + width - 1);
    }
    for (let next = 0; next < end; next++) {
      const i = queue[next]!;
      const x = i % width;
      if (x > 0) visit(i - 1);
      if (x < width - 1) visit(i + 1);
      if (i - width >= first) visit(i - width);
      if (i < last) visit(i + width);
    }
  }
  return room;
}
