import { toVoxels, type Volume } from '@lunet/io';

/** The trachea and the main bronchi in LUNA16's masks. */
const airwayLabel = 5;

/**
 * Tells whether a label of a lung mask stands for lung.
 *
 * LUNA16's masks (`seg-lungs-LUNA16`) number the lungs 3 and 4 and the trachea 5; other masks are 1 inside.
 *
 * @example
 * ```ts
 * [0, 1, 3, 4, 5].filter(isLung); // [1, 3, 4]
 * ```
 */
export function isLung(label: number): boolean {
  return label > 0 && label !== airwayLabel;
}

/**
 * Makes a mask of the labels that {@link isLung}: 1 in both lungs, 0 elsewhere and in the airways.
 *
 * @param labels A lung mask as it was read, of any integer type.
 * @returns A new volume of the same geometry and shape.
 */
export function lungOf({ geometry, voxels }: Volume): Volume<Uint8Array> {
  const lung = new Uint8Array(voxels.data.length);
  for (let voxel = 0; voxel < lung.length; voxel++) {
    if (isLung(Number(voxels.data[voxel]))) lung[voxel] = 1;
  }
  return { geometry, voxels: toVoxels(lung, voxels.shape) };
}
