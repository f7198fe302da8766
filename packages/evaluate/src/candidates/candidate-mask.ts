import { toVoxels, type Volume } from '@lunet/io';
import { type CandidateOptions, candidateComponents } from './candidate-components.ts';

/**
 * Marks the voxels of the candidates that `findCandidates` finds with the same options.
 *
 * @param prediction as `findCandidates` takes it.
 * @returns 1 in a candidate and 0 elsewhere, on the prediction's grid.
 * @throws {RangeError} if an option is out of range, or a voxel is not a probability (NaN, infinite, a logit).
 * @throws {TypeError} if the voxels do not fit the geometry, or are a view that is not C-contiguous.
 * @example
 * ```ts
 * const geometry = { size: [5, 1, 1], spacing: [2, 2, 2], origin: [0, 0, 0], direction: identityDirection };
 * const prediction = { geometry, voxels: toVoxels(new Float32Array([0.6, 0.9, 0, 0, 0.7]), [1, 1, 5]) };
 * candidateMask(prediction, { minimumDiameterMm: 3 }).voxels.data; // [1, 1, 0, 0, 0]: 3.1 mm, and 2.5 mm dropped
 * ```
 */
export function candidateMask(
  prediction: Volume<Float32Array | Uint8Array>,
  options: CandidateOptions = {},
): Volume<Uint8Array> {
  const { geometry, voxels } = prediction;
  const { starts, ends } = candidateComponents(prediction, options);
  const mask = new Uint8Array(voxels.data.length);
  for (let run = 0; run < starts.length; run++) mask.fill(1, starts[run], ends[run]);
  return { geometry, voxels: toVoxels(mask, voxels.shape) };
}
