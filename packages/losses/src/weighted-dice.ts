import { add, div, mean, mul, type Scalar, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { type Overlap, overlapOf } from './overlap.ts';

/** Over what `weightedDice` forms its ratio: each sample, whose losses are averaged, or the batch as one. */
export type Reduction = 'sample' | 'batch';

export interface WeightedDiceOptions {
  /** Cost of a missed pixel; default 8. */
  readonly falseNegativeWeight?: number;
  /** Cost of a pixel predicted in vain; default 1. */
  readonly falsePositiveWeight?: number;
  /** Added to both sides of the ratio; the loss of p on an empty label is then wFP·Σp / (wFP·Σp + ε); default 1. */
  readonly epsilon?: number;
  /** Default `'batch'`. */
  readonly reduction?: Reduction;
}

/** wFN·FN + wFP·FP over itself plus 2·TP + ε, which is 1 − (2·TP + ε) / (2·TP + wFN·FN + wFP·FP + ε) without the cancellation. */
export function diceRatio(
  { truePositives, falseNegatives, falsePositives }: Overlap,
  falseNegativeWeight: number,
  falsePositiveWeight: number,
  epsilon: number,
): Scalar {
  const penalty = add(mul(falseNegatives, falseNegativeWeight), mul(falsePositives, falsePositiveWeight));
  return mean(div(penalty, add(add(mul(truePositives, 2), penalty), epsilon)));
}

/**
 * Dice loss that weighs missed pixels more than pixels predicted in vain.
 *
 * With TP = Σ p·y, FN = Σ (1 − p)·y and FP = Σ p·(1 − y) it is
 * `1 − (2·TP + ε) / (2·TP + wFN·FN + wFP·FP + ε)`, in [0, 1): 0 only for a perfect prediction. Both weights 1 give the
 * soft Dice loss; it is the Tversky loss (Salehi 2017, α = wFP / 2, β = wFN / 2).
 *
 * `reduction: 'sample'` averages each sample's loss; a small nodule counts as much as a large one, and a crop without a
 * nodule has a loss that is nearly 1 as soon as a few pixels light up. `'batch'` sums TP, FN and FP over the batch
 * first, so that empty crops only add their false positives.
 *
 * @param labels `[batch, height, width, 1]`, 0 or 1.
 * @param predictions Probabilities of the same shape; exactly 0 and 1 are fine.
 * @throws {TypeError} if the shapes differ.
 * @throws {RangeError} if a weight is negative or ε is not positive.
 * @example
 * ```ts
 * const labels = tf.tensor4d([1, 1, 0, 0], [1, 2, 2, 1]);
 * const predictions = tf.tensor4d([1, 0, 1, 0], [1, 2, 2, 1]);
 * // TP = FN = FP = 1: 1 − (2 + 1) / (2 + 8 + 1 + 1)
 * weightedDice(labels, predictions); // 0.75
 * ```
 */
export function weightedDice(
  labels: Tensor,
  predictions: Tensor,
  {
    falseNegativeWeight = 8,
    falsePositiveWeight = 1,
    epsilon = 1,
    reduction = 'batch',
  }: WeightedDiceOptions = {},
): Scalar {
  if (!(falseNegativeWeight >= 0 && falsePositiveWeight >= 0 && epsilon > 0)) {
    throw new RangeError(
      `Cannot weigh Dice with wFN ${falseNegativeWeight}, wFP ${falsePositiveWeight}, epsilon ${epsilon}: give weights of at least 0 and an epsilon above 0`,
    );
  }
  return tidy(() =>
    diceRatio(overlapOf(labels, predictions, reduction), falseNegativeWeight, falsePositiveWeight, epsilon),
  );
}
