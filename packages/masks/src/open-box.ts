import type { Size } from '@lunet/io';

/** A box of voxels that may stand out over the sides of its volume. */
export interface OpenBox {
  readonly start: Size;
  readonly size: Size;
}

/** The box around all that is 1 in a mask, with `room` voxels more on each side along x, y and z; none if all is 0. */
export function boxAround(mask: Uint8Array, size: Size, room: Size): OpenBox | undefined {
  const [width, height] = size;
  let [left, right, front, back, bottom, top] = [width, -1, height, -1, -1, -1];
  for (let row = 0, start = 0; start < mask.length; row++, start += width) {
    const line = mask.subarray(start, start + width);
    const first = line.indexOf(1);
    if (first < 0) continue;
    left = Math.min(left, first);
    right = Math.max(right, line.lastIndexOf(1));
    front = Math.min(front, row % height);
    back = Math.max(back, row % height);
    top = Math.floor(row / height);
    if (bottom < 0) bottom = top;
  }
  if (right < 0) return undefined;
  return {
    start: [left - room[0], front - room[1], bottom - room[2]],
    size: [right - left + 1 + 2 * room[0], back - front + 1 + 2 * room[1], top - bottom + 1 + 2 * room[2]],
  };
}

/**
 * Cuts a box out of a mask. Beyond the sides of its slices all is 0; beyond the first and the last slice these are
 * repeated, since a body goes on where a scan ends.
 */
export function cutBox(mask: Uint8Array, size: Size, box: OpenBox): Uint8Array {
  const part = new Uint8Array(box.size[0] * box.size[1] * box.size[2]);
  const area = box.size[0] * box.size[1];
  for (let k = 0; k < box.size[2]; k++) {
    const z = Math.min(size[2] - 1, Math.max(0, box.start[2] + k));
    visitRows(size, box, z, (row, boxRow, count) => {
      part.set(mask.subarray(row, row + count), k * area + boxRow);
    });
  }
  return part;
}

/** Puts what {@link cutBox} cut out into an empty mask of the whole. */
export function pasteBox(part: Uint8Array, size: Size, box: OpenBox): Uint8Array {
  const mask = new Uint8Array(size[0] * size[1] * size[2]);
  const area = box.size[0] * box.size[1];
  for (let z = Math.max(0, box.start[2]); z < Math.min(size[2], box.start[2] + box.size[2]); z++) {
    const start = (z - box.start[2]) * area;
    visitRows(size, box, z, (row, boxRow, count) => {
      mask.set(part.subarray(start + boxRow, start + boxRow + count), row);
    });
  }
  return mask;
}

/** Visits the runs of voxels that a slice shares with a box: their offsets in the mask and in the box's slice. */
function visitRows(
  [width, height]: Size,
  { start, size }: OpenBox,
  z: number,
  visit: (row: number, boxRow: number, count: number) => void,
): void {
  const x = Math.max(0, start[0]);
  const count = Math.min(width, start[0] + size[0]) - x;
  for (let y = Math.max(0, start[1]); y < Math.min(height, start[1] + size[1]); y++) {
    visit((z * height + y) * width + x, (y - start[1]) * size[0] + x - start[0], count);
  }
}
