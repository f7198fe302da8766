import { type Geometry, type Index, indexToWorld, toVoxels, type Volume, type World } from '@lunet/io';
import type { Connectivity } from './find-components.ts';
import { labelComponents } from './label-components.ts';

/** A location with a probability, found in a prediction. */
export interface Candidate {
  /** Centre of the component, weighted by probability. */
  readonly centerIndex: Index;
  readonly centerWorld: World;
  /** Highest probability in the component, 0 … 1. */
  readonly probability: number;
  readonly voxels: number;
  /** Volume in mm³. */
  readonly volume: number;
  /** Diameter in mm of the sphere of that volume. */
  readonly diameterMm: number;
}

/** How components become candidates. */
export interface FindCandidatesOptions {
  /** A voxel belongs to a component if its probability is above this, in [0, 1). */
  readonly threshold?: number;
  readonly connectivity?: Connectivity;
  /** Components with a smaller equivalent diameter, in mm, are dropped. */
  readonly minimumDiameterMm?: number;
}

/**
 * Finds the connected components of a probability volume above a threshold.
 *
 * @param prediction probabilities 0 … 1 of shape `[z, y, x]`, or a mask of 0 and 1.
 * @returns the candidates, the most probable first; equal ones in scan order.
 * @throws {RangeError} if the threshold is not in [0, 1).
 * @example
 * ```ts
 * const geometry = { size: [3, 1, 1], spacing: [2, 1, 1], origin: [10, 0, 0], direction: identityDirection };
 * const prediction = { geometry, voxels: toVoxels(new Float32Array([0, 0.6, 0.9]), [1, 1, 3]) };
 * const [candidate] = findCandidates(prediction);
 * candidate.centerIndex[0]; // 1.6 = (0.6 · 1 + 0.9 · 2) / 1.5
 * candidate.volume; // 4 mm³: two voxels of 2 mm³
 * ```
 */
export function findCandidates(
  prediction: Volume<Float32Array | Uint8Array>,
  { threshold = 0.5, connectivity = 26, minimumDiameterMm = 0 }: FindCandidatesOptions = {},
): Candidate[] {
  // Below 0 a component could weigh nothing, and would have no centre.
  if (!(threshold >= 0 && threshold < 1)) {
    throw new RangeError(`Cannot find candidates above ${threshold}: give a threshold in [0, 1)`);
  }
  const { geometry, voxels } = prediction;
  const { data } = voxels;
  const mask = new Uint8Array(data.length);
  for (let voxel = 0; voxel < mask.length; voxel++) mask[voxel] = data[voxel]! > threshold ? 1 : 0;
  const { labels, count } = labelComponents(toVoxels(mask, voxels.shape), connectivity);
  const sums = componentSums(data, labels, count, geometry);
  const voxelVolume = geometry.spacing[0] * geometry.spacing[1] * geometry.spacing[2];

  const candidates: Candidate[] = [];
  for (let component = 0; component < count; component++) {
    const at = component * FIELDS;
    const weight = sums[at + WEIGHT]!;
    const size = sums[at + VOXELS]!;
    const volume = size * voxelVolume;
    const diameterMm = Math.cbrt((6 * volume) / Math.PI);
    if (diameterMm < minimumDiameterMm) continue;
    const centerIndex: Index = [sums[at + X]! / weight, sums[at + Y]! / weight, sums[at + Z]! / weight];
    candidates.push({
      centerIndex,
      centerWorld: indexToWorld(geometry, centerIndex),
      probability: sums[at + PEAK]!,
      voxels: size,
      volume,
      diameterMm,
    });
  }
  return candidates.sort((a, b) => b.probability - a.probability);
}

const WEIGHT = 0;
const X = 1;
const Y = 2;
const Z = 3;
const PEAK = 4;
const VOXELS = 5;
const FIELDS = 6;

/** One pass over the voxels: per component the probability, its first moments, its peak and the voxel count. */
function componentSums(
  data: Float32Array | Uint8Array,
  labels: Int32Array,
  count: number,
  geometry: Geometry,
): Float64Array {
  const sums = new Float64Array(count * FIELDS);
  const [width, height, depth] = geometry.size;
  for (let z = 0, voxel = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, voxel++) {
        const label = labels[voxel]!;
        if (label === 0) continue;
        const at = (label - 1) * FIELDS;
        const p = data[voxel]!;
        sums[at + WEIGHT]! += p;
        sums[at + X]! += p * x;
        sums[at + Y]! += p * y;
        sums[at + Z]! += p * z;
        if (p > sums[at + PEAK]!) sums[at + PEAK] = p;
        sums[at + VOXELS]! += 1;
      }
    }
  }
  return sums;
}
