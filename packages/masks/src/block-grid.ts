import type { Geometry, Size, Spacing } from '@lunet/io';

/** A coarser grid over a volume's: block `[i, j, k]` holds the voxels from `[i, j, k] · factor` on. */
export interface BlockGrid {
  /** Voxels along each side of a block. */
  readonly factor: Size;
  /** Blocks along x, y and z; the last of each axis may be cut. */
  readonly size: Size;
  /** Sides of a block in mm. */
  readonly spacing: Spacing;
}

/** Lays blocks of about `blockMm` over a volume; voxels larger than that stay as they are. */
export function createBlockGrid({ size, spacing }: Geometry, blockMm: number): BlockGrid {
  const factor = spacing.map((mm, axis) =>
    Math.min(size[axis]!, Math.max(1, Math.round(blockMm / mm))),
  ) as unknown as Size;
  return {
    factor,
    size: size.map((count, axis) => Math.ceil(count / factor[axis]!)) as unknown as Size,
    spacing: spacing.map((mm, axis) => mm * factor[axis]!) as unknown as Spacing,
  };
}

/** The count of blocks in a mask's volume in millilitres, at least 1. */
export function blocksOf({ spacing }: BlockGrid, milliliters: number): number {
  return Math.max(1, (1000 * milliliters) / (spacing[0] * spacing[1] * spacing[2]));
}
