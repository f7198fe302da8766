import type { Size } from '@lunet/io';
import type { BlockGrid } from './block-grid.ts';
import { squaredDistance } from './squared-distance.ts';

/** Tissue counts as body this far from any air: a chest wall is thicker than twice that, a couch's shell is not. */
const depthMm = 4;

/**
 * Finds the air that the body encloses in its slice: lungs, airways and bowel, not the room, clothes and couch.
 *
 * A block of air looks along ± x and ± y. It is inside if it sees body at two sides at least and the room at one at
 * most (a side where the field of view cuts the body shows neither), and if it does not touch the room, as the skin's
 * rim does.
 *
 * @returns 0 outside, else the count of sides with body: 2, 3 or 4.
 */
export function enclosedAir(
  means: Int16Array,
  room: Uint8Array,
  grid: BlockGrid,
  threshold: number,
): Uint8Array {
  const [width, height, slices] = grid.size;
  const tissue = new Uint8Array(means.length);
  for (let i = 0; i < means.length; i++) if (means[i]! >= threshold) tissue[i] = 1;
  // Distances are between centres; tissue begins half a block nearer.
  const limitMm = depthMm + Math.max(grid.spacing[0], grid.spacing[1]) / 2;
  const depth = squaredDistance(tissue, grid.size, grid.spacing, { target: 0, limitMm });
  const inside = new Uint8Array(means.length);
  const area = width * height;
  const rows = Array.from({ length: height }, createSight);
  const columns = Array.from({ length: width }, createSight);
  for (let k = 0; k < slices; k++) {
    const first = k * area;
    for (let y = 0; y < height; y++) look(rows[y]!, depth, room, first + y * width, 1, width);
    for (let x = 0; x < width; x++) look(columns[x]!, depth, room, first + x, width, height);
    for (let y = 0, i = first; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        if (tissue[i] === 1 || room[i] !== 0) continue;
        const [row, column] = [rows[y]!, columns[x]!];
        const bodies =
          +(x > row.firstBody) + +(x < row.lastBody) + +(y > column.firstBody) + +(y < column.lastBody);
        const rooms =
          +(x < row.firstBody && x > row.firstRoom) +
          +(x > row.lastBody && x < row.lastRoom) +
          +(y < column.firstBody && y > column.firstRoom) +
          +(y > column.lastBody && y < column.lastRoom);
        if (bodies >= 2 && rooms <= 1 && !touches(room, x, y, i, grid.size)) inside[i] = bodies;
      }
    }
  }
  return inside;
}

/** Tells whether one of the 8 neighbours in the slice is marked. */
function touches(marked: Uint8Array, x: number, y: number, i: number, [width, height]: Size): boolean {
  for (let row = y > 0 ? i - width : i; row <= (y < height - 1 ? i + width : i); row += width) {
    if (marked[row] === 1 || (x > 0 && marked[row - 1] === 1) || (x < width - 1 && marked[row + 1] === 1))
      return true;
  }
  return false;
}

/** Where on a line of blocks body and room begin and end. */
interface Sight {
  firstBody: number;
  lastBody: number;
  firstRoom: number;
  lastRoom: number;
}

function createSight(): Sight {
  return { firstBody: 0, lastBody: 0, firstRoom: 0, lastRoom: 0 };
}

function look(
  sight: Sight,
  depth: Float32Array,
  room: Uint8Array,
  start: number,
  stride: number,
  length: number,
): void {
  sight.firstBody = length;
  sight.lastBody = -1;
  sight.firstRoom = length;
  sight.lastRoom = -1;
  for (let n = 0, i = start; n < length; n++, i += stride) {
    if (depth[i] === Number.POSITIVE_INFINITY) {
      if (sight.lastBody < 0) sight.firstBody = n;
      sight.lastBody = n;
    } else if (room[i] === 1) {
      if (sight.lastRoom < 0) sight.firstRoom = n;
      sight.lastRoom = n;
    }
  }
}
