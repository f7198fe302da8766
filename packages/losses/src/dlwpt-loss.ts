import { add, mul, type Scalar, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { overlapOf } from './overlap.ts';
import { diceRatio } from './weighted-dice.ts';

/**
 * The reference's loss (*Deep Learning with PyTorch*, part 2): per sample, soft Dice plus 8 times its recall half.
 *
 * With D(p, y) = 1 − (2·Σpy + 1) / (Σp + Σy + 1) it is `mean D(p, y) + 8 · mean D(p·y, y)`, in [0, 9). For binary
 * labels the two are `weightedDice` with the weights (1, 1) and (1, 0). All ones cost no more than 1.
 *
 * @param labels `[batch, height, width, 1]`, 0 or 1.
 * @param predictions Probabilities of the same shape.
 * @throws {TypeError} if the shapes differ.
 * @example
 * ```ts
 * // 50 nodule pixels in 64×64, nothing predicted: 9 · (1 − 1 / 51)
 * dlwptLoss(labels, tf.zerosLike(labels)); // 8.8235
 * ```
 */
export function dlwptLoss(labels: Tensor, predictions: Tensor): Scalar {
  return tidy(() => {
    const overlap = overlapOf(labels, predictions, 'sample');
    return add(diceRatio(overlap, 1, 1, 1), mul(diceRatio(overlap, 1, 0, 1), 8));
  });
}
