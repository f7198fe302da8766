import { toVoxels, type Volume } from '@lunet/io';
import type { NumberArray } from '@lunet/patches';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { PredictOptions } from './predict-options.ts';
import { predictSlices } from './predict-slices.ts';
import type { SlabSource } from './slab-source.ts';

/** How a whole scan is predicted, and who hears how far it is. */
export interface PredictScanOptions extends PredictOptions {
  /** Called after each slice with the number done and the number of all. */
  readonly onSlice?: ((done: number, of: number) => void) | undefined;
}

/**
 * Predicts a whole scan, slice by slice.
 *
 * @param scan HU: a volume, or an open file, of which a few slices are in memory at a time.
 * @returns probabilities 0 … 1 on the scan's own grid; 4 bytes a voxel.
 * @throws as {@link predictSlices} does.
 */
export async function predictScan(
  model: LayersModel,
  scan: Volume<NumberArray> | SlabSource,
  { onSlice, ...options }: PredictScanOptions = {},
): Promise<Volume<Float32Array>> {
  const { geometry } = scan;
  const [width, height, depth] = geometry.size;
  const data = new Float32Array(width * height * depth);
  for await (const { z, probability } of predictSlices(model, scan, options)) {
    data.set(probability, z * width * height);
    onSlice?.(z + 1, depth);
  }
  return { geometry, voxels: toVoxels(data, [depth, height, width]) };
}
