import { dlwptLoss, weightedCrossEntropy, weightedDice } from '@lunet/losses';
import type { Loss } from '@lunet/train';
import * as tf from '@tensorflow/tfjs-core';
import type { TrainLuna16Options } from './train-luna16-options.ts';

/**
 * The loss that the options ask for: the weighted Dice loss, which puts recall first, plus a share of weighted
 * cross-entropy, which keeps probabilities apart so that they can rank candidates; or the reference's.
 */
export function trainingLoss({
  network,
  falseNegativeWeight,
  crossEntropy,
}: Pick<TrainLuna16Options, 'network' | 'falseNegativeWeight' | 'crossEntropy'>): Loss {
  const dice: Loss =
    network.preset === 'dlwpt'
      ? dlwptLoss
      : (labels, predictions) => weightedDice(labels, predictions, { falseNegativeWeight });
  if (crossEntropy === 0) return dice;
  return (labels, predictions) =>
    tf.tidy(() =>
      tf.add(dice(labels, predictions), tf.mul(weightedCrossEntropy(labels, predictions), crossEntropy)),
    );
}
