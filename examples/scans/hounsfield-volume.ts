import { toVoxels, type Volume } from '@lunet/io';

/** Air is −1000 HU: a chest CT without a voxel below this is no chest CT, or not in HU. */
const mustHaveBelow = -300;

/** What stands for no value, as outside the field of view. */
const air = -1000;

/**
 * Takes a volume of any number type for a chest CT in HU: rounds to int16, and refuses what cannot be one.
 *
 * @throws {TypeError} if a voxel has several components.
 * @throws {RangeError} if a value is out of int16's range, or no voxel is air, as in other modalities, in masks and in
 *   values that were not rescaled to HU.
 */
export function toHounsfield({ geometry, voxels }: Volume, name: string): Volume<Int16Array> {
  const { shape, data } = voxels;
  if (shape.length !== 3) {
    throw new TypeError(`Cannot use ${name}: its voxels have ${shape[3]} components, a CT has one`);
  }
  const hu = data instanceof Int16Array ? data : new Int16Array(data.length);
  let lowest = Number.POSITIVE_INFINITY;
  for (let voxel = 0; voxel < hu.length; voxel++) {
    const value = Number(data[voxel]);
    const rounded = Number.isNaN(value) ? air : Math.round(value);
    if (rounded < -32768 || rounded > 32767) {
      throw new RangeError(`Cannot use ${name}: a voxel is ${value}, HU are −32768 to 32767`);
    }
    hu[voxel] = rounded;
    if (rounded < lowest) lowest = rounded;
  }
  if (!(lowest < mustHaveBelow)) {
    throw new RangeError(
      `Cannot use ${name}: its lowest value is ${lowest}, and a chest CT in HU has air, about −1000; rescale it to HU first`,
    );
  }
  return { geometry, voxels: toVoxels(hu, shape) };
}
