import type { Size, Spacing } from '@lunet/io';
import { findRegions } from './find-regions.ts';
import { squaredDistance } from './squared-distance.ts';

/**
 * Closes a mask with a ball: adds what no ball of that radius can touch that lies beside the mask, and cavities.
 *
 * Two distance transforms, so exact in mm and linear in the voxels. The ball's centre stays in the volume.
 */
export function closeWithBall(mask: Uint8Array, size: Size, spacing: Spacing, radiusMm: number): Uint8Array {
  const centers = squaredDistance(mask, size, spacing, { limitMm: radiusMm });
  const beside = new Uint8Array(mask.length);
  for (let i = 0; i < mask.length; i++) if (centers[i] === Number.POSITIVE_INFINITY) beside[i] = 1;
  const touched = squaredDistance(beside, size, spacing, { limitMm: radiusMm });
  for (let i = 0; i < mask.length; i++) {
    beside[i] = mask[i] === 0 && touched[i] !== Number.POSITIVE_INFINITY ? 1 : 0;
  }
  const closed = new Uint8Array(mask.length).fill(1);
  for (const region of findRegions(beside, size)) {
    // What the border does not touch is a cavity, large enough for the ball.
    if (!region.some((i) => isAtBorder(i, size))) continue;
    for (const i of region) closed[i] = 0;
  }
  return closed;
}

function isAtBorder(i: number, [width, height, slices]: Size): boolean {
  const x = i % width;
  const y = Math.floor(i / width) % height;
  const z = Math.floor(i / (width * height));
  return x === 0 || x === width - 1 || y === 0 || y === height - 1 || z === 0 || z === slices - 1;
}
