import type { VoxelArray } from '@lunet/io';

/** The model sees HU within ±this: denser is metal, thinner is padding outside the field of view. */
const hounsfieldLimit = 1000;

/** Voxels whose values are numbers, not bigints. */
export type NumberArray = Exclude<VoxelArray, BigInt64Array | BigUint64Array>;

/**
 * Clips a value in HU to [−1000, 1000]; what is not a number, as some formats pad with, counts as air.
 *
 * @example
 * ```ts
 * clipHounsfield(-3024); // -1000
 * ```
 */
export function clipHounsfield(value: number): number {
  return value >= -hounsfieldLimit ? Math.min(value, hounsfieldLimit) : -hounsfieldLimit;
}
