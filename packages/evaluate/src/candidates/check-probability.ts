import type { Voxels } from '@lunet/io';

/** What rounding may add to a probability: averages of flips, interpolation. */
const ROUNDING = 1e-6;

/**
 * Checks that one voxel of a prediction is a probability, 0 … 1 but for rounding.
 *
 * @param action what cannot be done otherwise, for the message.
 * @param voxel its offset in the data.
 * @throws {RangeError} if it is not: NaN, infinite, or a logit.
 */
export function checkProbability(
  action: string,
  { data, shape }: Voxels<Float32Array | Uint8Array>,
  voxel: number,
): void {
  const value = data[voxel]!;
  if (value >= -ROUNDING && value <= 1 + ROUNDING) return;
  const [, height, width] = shape as [number, number, number];
  const index = [voxel % width, Math.floor(voxel / width) % height, Math.floor(voxel / (width * height))];
  throw new RangeError(
    `Cannot ${action}: voxel ${index.join(',')} (x,y,z) of the prediction is ${value}, not a probability 0 … 1`,
  );
}
