import type { Geometry, Nodule, Volume } from '@lunet/io';
import { type Candidate, type FindCandidatesOptions, findCandidates } from '../candidates/find-candidates.ts';
import { type Connectivity, findComponents } from '../candidates/find-components.ts';
import { matchCandidates } from '../froc/match-candidates.ts';
import { checkSameShape } from './check-same-shape.ts';
import { measureOutlines } from './measure-outlines.ts';
import { measureVoxels } from './measure-voxels.ts';
import type { MeasuredCandidate, NodulePlace, ScanMeasurement } from './scan-measurement.ts';
import { sphereRuns, uniteRuns, type VoxelRuns } from './voxel-runs.ts';

/** What is true of a scan. */
export interface ScanTruth {
  readonly seriesUid: string;
  readonly nodules: readonly Pick<Nodule, 'centerWorld' | 'diameterMm'>[];
  /** Findings that count neither way; a diameter below 0 is not known. */
  readonly excluded?: readonly Pick<Nodule, 'centerWorld' | 'diameterMm'>[];
  /** Mask on the prediction's grid, not 0 where there is a nodule; the nodules' spheres if absent. */
  readonly truth?: Volume<Uint8Array>;
}

/** What is called a nodule. */
export interface MeasureScanOptions {
  /** A voxel is predicted if its probability is above this, in [0, 1). */
  readonly threshold?: number;
  readonly connectivity?: Connectivity;
  /** How candidates are found where not as above: 26 neighbours, at least 3 mm, at the threshold. */
  readonly candidates?: FindCandidatesOptions;
}

/** LUNA16 annotates nodules from 3 mm on, so that a smaller component is not called one. */
export const minimumNoduleDiameterMm = 3;

/**
 * Measures a prediction of one scan: its voxels against the truth, over all slices and over those with a nodule; its
 * candidates against the nodules by LUNA16's official rule; each nodule's outline; and the probabilities, from which
 * `thresholdSweep` tells the scores at other thresholds.
 *
 * A nodule's outline compares its sphere with its prediction: the voxels of every component (of whatever size) that
 * shares a voxel with the sphere, less those that lie in other nodules' spheres only. So a vessel that the component
 * runs on into is charged in full, and nodules that touch are not charged with each other. A nodule that the official
 * rule misses may have a Dice above 0, where a component touches it and has its centre elsewhere.
 *
 * Beside the prediction it takes one slice and the runs of the components; time is linear in the voxels.
 *
 * @param prediction probabilities 0 … 1 of shape `[z, y, x]`, or a mask, not 0 where there is a nodule.
 * @returns plain data, of some kB as JSON.
 * @throws {TypeError} if prediction and truth differ in shape.
 * @throws {RangeError} if the threshold is not in [0, 1), a voxel is not a probability (NaN, infinite, a logit), or a
 *   nodule is no sphere.
 * @example
 * ```ts
 * const geometry = { size: [4, 1, 1], spacing: [2, 2, 2], origin: [0, 0, 0], direction: identityDirection };
 * const prediction = { geometry, voxels: toVoxels(new Float32Array([0.9, 0.8, 0.6, 0]), [1, 1, 4]) };
 * const nodules = [{ centerWorld: [1, 0, 0], diameterMm: 4 }]; // the voxels at 0 and 2 mm
 * const { allSlices, nodules: [nodule] } = measureScan(prediction, { seriesUid: '1.2', nodules });
 * allSlices; // { truePositives: 2, falsePositives: 1, falseNegatives: 0, trueNegatives: 1 }
 * nodule.dice; // 0.8 = 2 · 2 / (2 + 3)
 * nodule.volumeError; // 0.5: 24 mm³ for 16
 * ```
 */
export function measureScan(
  prediction: Volume<Float32Array | Uint8Array>,
  { seriesUid, nodules, excluded = [], truth }: ScanTruth,
  { threshold = 0.5, connectivity = 26, candidates: candidateOptions = {} }: MeasureScanOptions = {},
): ScanMeasurement {
  if (truth) checkSameShape('measure scan', { prediction, truth });
  const { geometry, voxels } = prediction;
  const components = findComponents(voxels, { threshold, connectivity });
  const spheres = nodules.map((nodule) => sphereRuns(geometry, nodule));
  const truthOf = truth ? slicesOf(truth) : slicesFrom(geometry, uniteRuns(spheres));
  const candidates = findCandidates(prediction, {
    threshold,
    connectivity,
    minimumDiameterMm: minimumNoduleDiameterMm,
    ...candidateOptions,
  });
  const { hits } = matchCandidates(candidates, nodules);
  const voxelMm3 = geometry.spacing[0] * geometry.spacing[1] * geometry.spacing[2];
  const outlines = measureOutlines(spheres, components);
  return {
    seriesUid,
    threshold,
    ...measureVoxels(prediction, truthOf, threshold),
    nodules: nodules.map((nodule, index) => {
      const hit = hits[index];
      const { truth, predicted, dice } = outlines[index]!;
      return {
        ...placeOf(nodule),
        found: hit !== undefined,
        probability: hit?.probability ?? null,
        dice,
        truthMm3: truth * voxelMm3,
        predictedMm3: predicted * voxelMm3,
        volumeError: truth === 0 ? null : predicted / truth - 1,
      };
    }),
    excluded: excluded.map(placeOf),
    candidates: judge(candidates, nodules, excluded),
  };
}

/** The slices of a mask, viewed. */
function slicesOf({ geometry, voxels }: Volume<Uint8Array>): (z: number) => Uint8Array {
  const area = geometry.size[0] * geometry.size[1];
  return (z) => voxels.data.subarray(z * area, (z + 1) * area);
}

/** The slices of a mask that is 1 in some runs; asked for in order, and drawn into one buffer. */
function slicesFrom({ size }: Geometry, runs: VoxelRuns): (z: number) => Uint8Array {
  const area = size[0] * size[1];
  const slice = new Uint8Array(area);
  let next = 0;
  let isDrawn = false;
  return (z) => {
    if (isDrawn) slice.fill(0);
    isDrawn = false;
    for (; next < runs.length && runs[next]! < (z + 1) * area; next += 2) {
      slice.fill(1, runs[next]! - z * area, runs[next + 1]! - z * area);
      isDrawn = true;
    }
    return slice;
  };
}

function judge(
  candidates: readonly Candidate[],
  nodules: readonly NodulePlace[],
  excluded: readonly NodulePlace[],
): MeasuredCandidate[] {
  const onNoNodule = new Set(matchCandidates(candidates, nodules).falsePositives);
  const onNothing = new Set(matchCandidates(candidates, nodules, excluded).falsePositives);
  return candidates.map((candidate) => ({
    ...candidate,
    liesOn: onNothing.has(candidate) ? 'nothing' : onNoNodule.has(candidate) ? 'finding' : 'nodule',
  }));
}

function placeOf({ centerWorld, diameterMm }: NodulePlace): NodulePlace {
  return { centerWorld, diameterMm };
}
