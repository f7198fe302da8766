import type { PixelCounts } from './pixel-counts.ts';

/** Pixel scores in [0, 1]. */
export interface Scores {
  /** TP / (TP + FN) */
  readonly recall: number;
  /** TP / (TP + FP) */
  readonly precision: number;
  /** 2·TP / (2·TP + FP + FN), the F1 score of pixels. */
  readonly dice: number;
}

/**
 * Forms recall, precision and Dice from counts.
 *
 * Empty denominators, so that no score is ever NaN: with no nodule pixel recall is 1 (nothing was missed); with nothing
 * predicted precision is 1 if there was no nodule pixel, else 0, so that an all-zeros model never looks precise; with
 * neither Dice is 1.
 *
 * @example
 * ```ts
 * scoresOf({ truePositives: 6, falsePositives: 6, falseNegatives: 2, trueNegatives: 86 });
 * // { recall: 0.75, precision: 0.5, dice: 0.6 }
 * ```
 */
export function scoresOf({ truePositives, falsePositives, falseNegatives }: PixelCounts): Scores {
  const ratio = (total: number, empty: number, part = truePositives): number =>
    total === 0 ? empty : part / total;
  return {
    recall: ratio(truePositives + falseNegatives, 1),
    precision: ratio(truePositives + falsePositives, falseNegatives === 0 ? 1 : 0),
    dice: ratio(2 * truePositives + falsePositives + falseNegatives, 1, 2 * truePositives),
  };
}
