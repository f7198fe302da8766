import { type Size, toVoxels, type Volume } from '@lunet/io';
import { airThreshold } from './air-threshold.ts';
import { type BlockGrid, createBlockGrid } from './block-grid.ts';
import { blockMeans } from './block-means.ts';
import { closeWithBall } from './close-with-ball.ts';
import { drawBlocks } from './draw-blocks.ts';
import { enclosedAir } from './enclosed-air.ts';
import { findAirways } from './find-airways.ts';
import { boxAround, cutBox, pasteBox } from './open-box.ts';
import { selectLungs } from './select-lungs.ts';
import { splitLungs } from './split-lungs.ts';

/** What to take for lung, in mm. */
export interface SegmentLungsOptions {
  /**
   * Radius of the ball that closes each lung, so that vessels, and nodules at the wall, are inside: at least that of
   * the largest nodule. Default 16, for LUNA16's nodules have up to 32 mm.
   */
  readonly closingMm?: number;
  /** Voxels are averaged to blocks of about this size, on which all but the border is found. Default 2. */
  readonly blockMm?: number;
}

/** Blocks beyond a side, at most: a header with too small a spacing takes no more memory. */
const mostRoom = 100;

/** HU from the border where a block is all lung or all tissue. */
const contrast = 400;

/**
 * Finds the lungs in a chest CT: 1 in either lung, vessels and nodules included, else 0; trachea and main bronchi are
 * left out.
 *
 * After Hu, Hoffman and Reinhardt ("Automatic Lung Segmentation for Accurate Quantitation of Volumetric X-Ray CT
 * Images", IEEE Trans. Med. Imaging 20(6), 2001): an HU threshold found by iteration, air outside the body taken away,
 * then the airways, the largest regions kept, the two lungs parted, and each closed with a ball in mm. Works under any
 * spacing, on slabs, and where the field of view cuts the body. Slices must be axial; their direction and order do not
 * matter. The time is linear in the voxels.
 *
 * @param volume HU of shape `[z, y, x]`; -1024, and all up to -1500, is padding.
 * @returns A mask on the same grid, all 0 where there is no lung.
 * @throws {TypeError} if the voxels are not `[z, y, x]`.
 * @throws {RangeError} if an option or the spacing is not above 0 and up to 100 mm.
 * @example
 * ```ts
 * const { volume } = generateScan({ seed: 1, size: [128, 128, 60], sliceSpacing: 4 });
 * segmentLungs(volume).voxels.data.reduce((sum, value) => sum + value, 0); // 140,468; the phantom's own mask has 139,719
 * ```
 */
export function segmentLungs(
  volume: Volume<Int16Array>,
  { closingMm = 16, blockMm = 2 }: SegmentLungsOptions = {},
): Volume<Uint8Array> {
  checkInput(volume, { closingMm, blockMm });
  const { geometry, voxels } = volume;
  const grid = createBlockGrid(geometry, blockMm);
  const means = blockMeans(voxels.data, geometry.size, grid);
  const threshold = airThreshold(means);
  const enclosed = enclosedAir(means, grid, threshold);
  const airways = findAirways(enclosed.bodies, means, grid, threshold);
  const air = enclosed.bodies.map((bodies, i) => (bodies > 0 && airways[i] === 0 ? 1 : 0));
  const lungs = selectLungs(air, enclosed, means, grid);
  const closed = closeLungs(lungs, grid, closingMm);
  const values = new Float32Array(closed.length);
  for (let i = 0; i < values.length; i++) {
    const inside = closed[i] === 1 && airways[i] === 0;
    const value = means[i]! - threshold;
    if (inside) values[i] = value < 0 ? Math.max(-contrast, value) : -contrast;
    else values[i] = value < 0 ? contrast : Math.min(contrast, value);
  }
  return { geometry, voxels: toVoxels(drawBlocks(values, grid, geometry), voxels.shape) };
}

function checkInput({ geometry, voxels }: Volume, options: Required<SegmentLungsOptions>): void {
  const size = [...geometry.size].reverse();
  if (voxels.shape.join() !== size.join()) {
    throw new TypeError(
      `Cannot segment lungs: voxels are ${voxels.shape.join('x')}, the geometry says ${size.join('x')} (z, y, x)`,
    );
  }
  const [x, y, z] = geometry.spacing;
  for (const [name, mm] of Object.entries({ ...options, 'x spacing': x, 'y spacing': y, 'z spacing': z })) {
    if (!(mm > 0 && mm <= 100))
      throw new RangeError(`Cannot segment lungs: ${name} is ${mm}, expected above 0 and up to 100 mm`);
  }
}

/** Closes each lung by itself, since a ball that fits no gap between the two would join them. */
function closeLungs(lungs: Uint8Array, { size, spacing }: BlockGrid, radiusMm: number): Uint8Array {
  const room = spacing.map((mm) => Math.min(mostRoom, Math.ceil(radiusMm / mm) + 1)) as unknown as Size;
  const box = boxAround(lungs, size, room);
  if (box === undefined) return lungs;
  const both = new Uint8Array(box.size[0] * box.size[1] * box.size[2]);
  for (const lung of splitLungs(cutBox(lungs, size, box), box.size, spacing)) {
    const closed = closeWithBall(lung, box.size, spacing, radiusMm);
    for (let i = 0; i < both.length; i++) if (closed[i] === 1) both[i] = 1;
  }
  return pasteBox(both, size, box);
}
