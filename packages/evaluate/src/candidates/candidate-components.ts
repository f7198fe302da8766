import type { Volume } from '@lunet/io';
import { equivalentDiameter } from './equivalent-diameter.ts';
import { type Components, type FindComponentsOptions, findComponents } from './find-components.ts';
import { mergeComponents } from './merge-components.ts';

/** Which components are candidates. */
export interface CandidateOptions extends FindComponentsOptions {
  /**
   * Components whose centres lie closer than this, in mm, to that of a heavier one (by its sum of probabilities) become
   * one candidate with it; 0 merges nothing.
   */
  readonly mergeWithinMm?: number;
  /** Candidates with a smaller equivalent diameter, in mm, are dropped; a merged one is measured as a whole. */
  readonly minimumDiameterMm?: number;
}

/**
 * Finds the components of a prediction that are candidates, in scan order.
 *
 * @throws {RangeError} if an option is out of range, or a voxel is not a probability.
 * @throws {TypeError} if the voxels do not fit the geometry, or are a view that is not C-contiguous.
 */
export function candidateComponents(
  prediction: Volume<Float32Array | Uint8Array>,
  { mergeWithinMm = 0, minimumDiameterMm = 0, ...options }: CandidateOptions,
): Components {
  const { geometry, voxels } = prediction;
  for (const [name, value] of Object.entries({ mergeWithinMm, minimumDiameterMm })) {
    if (!(value >= 0 && value < Infinity)) {
      throw new RangeError(`Cannot find candidates with ${name} ${value}: give a length in mm, 0 or more`);
    }
  }
  if (voxels.shape.join('x') !== geometry.size.toReversed().join('x')) {
    throw new TypeError(
      `Cannot find candidates: voxels of shape ${voxels.shape.join('x')} (z,y,x) are not the geometry's ${geometry.size.join('x')} (x,y,z)`,
    );
  }
  let components = findComponents(voxels, options);
  if (mergeWithinMm > 0) components = mergeComponents(prediction, components, mergeWithinMm);
  if (minimumDiameterMm === 0) return components;
  return dropComponents(components, (size) => equivalentDiameter(geometry, size) < minimumDiameterMm);
}

/** The components whose count of voxels is not to be dropped, renumbered. */
function dropComponents(found: Components, isDropped: (voxels: number) => boolean): Components {
  const { starts, ends, components } = found;
  const voxels = new Int32Array(found.count);
  for (let run = 0; run < starts.length; run++) voxels[components[run]!]! += ends[run]! - starts[run]!;
  let count = 0;
  const numbers = voxels.map((size) => (isDropped(size) ? -1 : count++));
  const isKept = (_: number, run: number) => numbers[components[run]!] !== -1;
  return {
    starts: starts.filter(isKept),
    ends: ends.filter(isKept),
    components: components.filter(isKept).map((component) => numbers[component]!),
    count,
  };
}
