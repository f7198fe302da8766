import type { Volume } from '@lunet/io';
import { checkProbability } from '../candidates/check-probability.ts';
import type { ProbabilityHistogram } from './scan-measurement.ts';
import { createRankTable, sweepThresholds } from './sweep-thresholds.ts';
import type { VoxelCounts } from './voxel-counts.ts';

/** What one pass over a prediction's voxels finds. */
export interface VoxelMeasurement {
  readonly allSlices: VoxelCounts;
  readonly noduleSlices: VoxelCounts;
  readonly histogram: ProbabilityHistogram;
}

/**
 * Counts a prediction's voxels against the truth, slice by slice, and sorts their probabilities into histograms.
 *
 * @param truthOf the truth of slice z, not 0 where there is a nodule; asked for z = 0, 1, … once each.
 * @throws {RangeError} if a voxel is not a probability (NaN, say).
 */
export function measureVoxels(
  { geometry, voxels }: Volume<Float32Array | Uint8Array>,
  truthOf: (z: number) => Uint8Array,
  threshold: number,
): VoxelMeasurement {
  const { data } = voxels;
  const isMask = data instanceof Uint8Array;
  const [width, height, depth] = geometry.size;
  const area = width * height;
  const { ranks, scale } = createRankTable();
  const nodule = new Float64Array(sweepThresholds.length + 1);
  const other = new Float64Array(sweepThresholds.length + 1);
  const allSlices = { truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 };
  const noduleSlices = { ...allSlices };
  for (let z = 0; z < depth; z++) {
    const truth = truthOf(z);
    const from = z * area;
    let truePositives = 0;
    let falsePositives = 0;
    let positives = 0;
    for (let pixel = 0; pixel < area; pixel++) {
      let p = data[from + pixel]!;
      if (!(p >= 0 && p <= 1)) {
        // A mask may be 255 where it is set; a probability may be out by a rounding error, and by no more.
        if (!isMask) checkProbability('measure scan', voxels, from + pixel);
        p = p > 0 ? 1 : 0;
      }
      const rank = ranks[Math.ceil(p * scale)]!;
      if (truth[pixel] !== 0) {
        positives++;
        if (p > threshold) truePositives++;
        nodule[rank]! += 1;
      } else {
        if (p > threshold) falsePositives++;
        other[rank]! += 1;
      }
    }
    const counts = {
      truePositives,
      falsePositives,
      falseNegatives: positives - truePositives,
      trueNegatives: area - positives - falsePositives,
    };
    add(allSlices, counts);
    if (positives > 0) add(noduleSlices, counts);
  }
  return { allSlices, noduleSlices, histogram: { nodule: sparse(nodule), other: sparse(other) } };
}

function add(sum: { -readonly [key in keyof VoxelCounts]: number }, counts: VoxelCounts): void {
  sum.truePositives += counts.truePositives;
  sum.falsePositives += counts.falsePositives;
  sum.falseNegatives += counts.falseNegatives;
  sum.trueNegatives += counts.trueNegatives;
}

function sparse(histogram: Float64Array): [rank: number, voxels: number][] {
  const pairs: [number, number][] = [];
  for (let rank = 0; rank < histogram.length; rank++) {
    if (histogram[rank]! > 0) pairs.push([rank, histogram[rank]!]);
  }
  return pairs;
}
