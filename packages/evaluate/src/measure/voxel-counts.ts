/** How many voxels fell into each cell of the confusion matrix. */
export interface VoxelCounts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

/** Voxel scores, 0 … 1. */
export interface VoxelScores {
  /** TP / (TP + FN) */
  readonly recall: number;
  /** TP / (TP + FP) */
  readonly precision: number;
  /** 2·TP / (2·TP + FP + FN), the F₁ score of voxels. */
  readonly dice: number;
}

/**
 * Turns counts into scores; counts of several scans are added up first (micro average).
 *
 * Where nothing is there to be found recall is 1; where nothing was predicted precision is 1 if nothing was missed, else
 * 0; with neither Dice is 1.
 *
 * @example
 * ```ts
 * voxelScores({ truePositives: 6, falsePositives: 6, falseNegatives: 2 }); // { recall: 0.75, precision: 0.5, dice: 0.6 }
 * ```
 */
export function voxelScores({
  truePositives: tp,
  falsePositives: fp,
  falseNegatives: fn,
}: Omit<VoxelCounts, 'trueNegatives'>): VoxelScores {
  return {
    recall: tp + fn === 0 ? 1 : tp / (tp + fn),
    precision: tp + fp === 0 ? (fn === 0 ? 1 : 0) : tp / (tp + fp),
    dice: tp + fp + fn === 0 ? 1 : (2 * tp) / (2 * tp + fp + fn),
  };
}
