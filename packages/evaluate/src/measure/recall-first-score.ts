import type { VoxelScores } from './voxel-counts.ts';

/**
 * The score that picks the best model: F_β with β = 4, so recall weighs sixteen times as much as precision
 * (van Rijsbergen, Information Retrieval, 1979, ch. 7).
 *
 * A collapsed model cannot win it: all zeros has recall 0 and scores 0; all ones has recall 1 but a precision of the
 * nodules' share of the voxels (10⁻⁴ or less in a scan) and scores 17 times that.
 *
 * @example
 * ```ts
 * recallFirstScore({ recall: 0.9, precision: 0.3 }); // 0.8053
 * recallFirstScore({ recall: 1, precision: 0.0001 }); // 0.0017
 * ```
 */
export function recallFirstScore(
  { recall, precision }: Pick<VoxelScores, 'recall' | 'precision'>,
  beta = 4,
): number {
  const b2 = beta * beta;
  const denominator = b2 * precision + recall;
  return denominator === 0 ? 0 : ((1 + b2) * precision * recall) / denominator;
}
