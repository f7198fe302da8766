import { type Box, type Geometry, type Index, indexToWorld, type Volume, type World } from '@lunet/io';
import { type CandidateOptions, candidateComponents } from './candidate-components.ts';
import { equivalentDiameter, voxelMm3 } from './equivalent-diameter.ts';
import { type ComponentSums, measureComponents } from './measure-components.ts';
import { orderDescending } from './order-descending.ts';
import { roundness } from './roundness.ts';

/** A location with a probability, found in a prediction. */
export interface Candidate {
  /** Centre of the component, weighted by probability. */
  readonly centerIndex: Index;
  readonly centerWorld: World;
  /** What ranks it, 0 … 1, as the options say; a float32. */
  readonly probability: number;
  /** Highest probability of its voxels, 0 … 1. */
  readonly peak: number;
  /** Mean probability of its voxels, 0 … 1; times `voxels` it is their sum. */
  readonly mean: number;
  /** How like a ball it is: in (0, 1]: 1 for one, 0.39 for a piece of a vessel four times as long as wide. */
  readonly roundness: number;
  readonly voxels: number;
  readonly volumeMm3: number;
  /** Diameter in mm of the sphere of that volume. */
  readonly diameterMm: number;
  /** The voxels it spans; `box.size[2]` is the count of slices. */
  readonly box: Box;
}

/** How components become candidates. */
export interface FindCandidatesOptions extends CandidateOptions {
  /**
   * What ranks a candidate: the mean probability of its voxels, or the highest, or, by default, the mean times the
   * roundness, which puts nodules before pieces of vessels that the network is as sure of.
   */
  readonly probability?: 'round' | 'mean' | 'peak';
}

/**
 * Finds the nodule candidates of a prediction: its connected components above a threshold, measured in mm.
 *
 * Time is linear in the voxels; memory beside the prediction goes with the runs of voxels above the threshold.
 *
 * @param prediction probabilities 0 … 1 of shape `[z, y, x]` (float32), or a mask (uint8), whose voxels other than 0 have
 * the probability 1; C-contiguous.
 * @returns the candidates, the most probable first; equal ones in scan order.
 * @throws {RangeError} if an option is out of range, or a voxel is not a probability (NaN, infinite, a logit).
 * @throws {TypeError} if the voxels do not fit the geometry, or are a view that is not C-contiguous.
 * @example
 * ```ts
 * const geometry = { size: [3, 1, 1], spacing: [2, 1, 1], origin: [10, 0, 0], direction: identityDirection };
 * const prediction = { geometry, voxels: toVoxels(new Float32Array([0, 0.6, 0.9]), [1, 1, 3]) };
 * const [candidate] = findCandidates(prediction);
 * candidate.centerIndex[0]; // 1.6 = (0.6 · 1 + 0.9 · 2) / 1.5
 * candidate.volumeMm3; // 4: two voxels of 2 mm³
 * candidate.roundness; // 0.388: four times as long as wide
 * candidate.probability; // 0.291 = 0.75 · 0.388
 * ```
 */
export function findCandidates(
  prediction: Volume<Float32Array | Uint8Array>,
  { probability = 'round', ...options }: FindCandidatesOptions = {},
): Candidate[] {
  const { geometry, voxels } = prediction;
  const sums = measureComponents(voxels, candidateComponents(prediction, options));
  const probabilities = Float32Array.from(sums.voxels, (size, component) => {
    if (probability === 'peak') return sums.peaks[component]!;
    const mean = sums.weights[component]! / size;
    return probability === 'mean' ? mean : mean * roundness(geometry, sums, component);
  });
  return Array.from(orderDescending(probabilities), (component) =>
    describe(geometry, sums, component, probabilities[component]!),
  );
}

function describe(
  geometry: Geometry,
  sums: ComponentSums,
  component: number,
  probability: number,
): Candidate {
  const { voxels, weights, moments, peaks, lows, highs } = sums;
  const x = 3 * component;
  const [y, z] = [x + 1, x + 2];
  const size = voxels[component]!;
  const weight = weights[component]!;
  const centerIndex: Index = [moments[x]! / weight, moments[y]! / weight, moments[z]! / weight];
  return {
    centerIndex,
    centerWorld: indexToWorld(geometry, centerIndex),
    probability,
    peak: peaks[component]!,
    mean: weight / size,
    roundness: roundness(geometry, sums, component),
    voxels: size,
    volumeMm3: size * voxelMm3(geometry),
    diameterMm: equivalentDiameter(geometry, size),
    box: {
      start: [lows[x]!, lows[y]!, lows[z]!],
      size: [highs[x]! - lows[x]! + 1, highs[y]! - lows[y]! + 1, highs[z]! - lows[z]! + 1],
    },
  };
}
