import type { BlockGrid } from './block-grid.ts';
import { findRoom } from './find-room.ts';
import { lineEnds } from './line-ends.ts';
import { squaredDistance } from './squared-distance.ts';

/** Tissue counts as body this far from any air: a chest wall is thicker than twice that, a couch's shell is not. */
const depthMm = 4;

/** Air within the body's outline, and what it sees along ± x and ± y of its slice. */
export interface EnclosedAir {
  /** The sides with body, 1 to 4; 0 for all that is not enclosed air. */
  readonly bodies: Uint8Array;
  /** The sides with room and no body, 0 or 1. */
  readonly rooms: Uint8Array;
}

/**
 * Finds the air that the body encloses in its slice: lungs, airways and bowel, not the room.
 *
 * A block sees body or room at a side, or neither where the field of view cuts the body. It is enclosed if it sees no
 * room at all, or at one side against body at two: then padding may have passed for room.
 */
export function enclosedAir(means: Int16Array, grid: BlockGrid, threshold: number): EnclosedAir {
  const [width, height] = grid.size;
  const tissue = new Uint8Array(means.length);
  for (let i = 0; i < means.length; i++) if (means[i]! >= threshold) tissue[i] = 1;
  // Distances are between centres; tissue begins half a block nearer.
  const limitMm = depthMm + Math.max(grid.spacing[0], grid.spacing[1]) / 2;
  const distance = squaredDistance(tissue, grid.size, grid.spacing, { target: 0, limitMm });
  const body = tissue;
  for (let i = 0; i < body.length; i++) body[i] = distance[i] === Number.POSITIVE_INFINITY ? 1 : 0;
  const bodies = new Uint8Array(means.length);
  const rooms = new Uint8Array(means.length);
  const area = width * height;
  for (let first = 0; first < means.length; first += area) {
    const slice = {
      means: means.subarray(first, first + area),
      body: body.subarray(first, first + area),
      bodies: bodies.subarray(first, first + area),
      rooms: rooms.subarray(first, first + area),
    };
    lookAround(slice, width, height, threshold);
  }
  return { bodies, rooms };
}

interface Slice extends EnclosedAir {
  readonly means: Int16Array;
  readonly body: Uint8Array;
}

function lookAround(
  { means, body, bodies, rooms }: Slice,
  width: number,
  height: number,
  threshold: number,
): void {
  const toBody = lineEnds(body, width, height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (means[i]! >= threshold) continue;
      bodies[i] =
        +(x > toBody.firstX[y]!) +
        +(x < toBody.lastX[y]!) +
        +(y > toBody.firstY[x]!) +
        +(y < toBody.lastY[x]!);
    }
  }
  const room = new Uint8Array(means.length);
  findRoom(means, bodies, width, room);
  const toRoom = lineEnds(room, width, height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (bodies[i] === 0) continue;
      rooms[i] =
        +(x < toBody.firstX[y]! && x > toRoom.firstX[y]!) +
        +(x > toBody.lastX[y]! && x < toRoom.lastX[y]!) +
        +(y < toBody.firstY[x]! && y > toRoom.firstY[x]!) +
        +(y > toBody.lastY[x]! && y < toRoom.lastY[x]!);
      if (room[i] !== 0 || rooms[i]! > 1 || bodies[i]! <= rooms[i]!) {
        bodies[i] = 0;
        rooms[i] = 0;
      }
    }
  }
}
