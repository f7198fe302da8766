import {
  add,
  clipByValue,
  log,
  mean,
  mul,
  neg,
  type Scalar,
  sub,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';

export interface WeightedCrossEntropyOptions {
  /** Cost of a nodule pixel beside that of another pixel; default 4. */
  readonly positiveWeight?: number;
}

/** Probabilities are kept this far from 0 and 1, as Keras does: the logarithm stays finite. */
const CLIP = 1e-7;

/**
 * Binary cross-entropy that weighs nodule pixels more: the mean over all pixels of
 * `−w·y·ln p − (1 − y)·ln(1 − p)`, in nats.
 *
 * A Dice loss drives every pixel to 0 or 1, so that its probabilities cannot rank one candidate over another. Added to
 * it, this term pays for confidence that is wrong, and the probabilities stay ordered (Dice and cross-entropy together:
 * Isensee et al., nnU-Net, 2021).
 *
 * @param labels any shape, 0 or 1.
 * @param predictions probabilities of the same shape; below 1e-7 and above 1 − 1e-7 they are taken as that, and have no
 *   gradient.
 * @throws {TypeError} if the shapes differ.
 * @throws {RangeError} if the weight is negative or not a number.
 * @example
 * ```ts
 * const labels = tf.tensor1d([1, 0]);
 * const predictions = tf.tensor1d([0.5, 0.5]);
 * weightedCrossEntropy(labels, predictions, { positiveWeight: 3 }); // (3 + 1) · ln 2 / 2 = 1.3863
 * ```
 */
export function weightedCrossEntropy(
  labels: Tensor,
  predictions: Tensor,
  { positiveWeight = 4 }: WeightedCrossEntropyOptions = {},
): Scalar {
  if (!(positiveWeight >= 0 && positiveWeight < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`Cannot weigh cross-entropy with ${positiveWeight}: give a weight of at least 0`);
  }
  if (labels.shape.join() !== predictions.shape.join()) {
    throw new TypeError(
      `Cannot compare labels [${labels.shape}] with predictions [${predictions.shape}]: shapes differ`,
    );
  }
  return tidy(() => {
    const p = clipByValue(predictions, CLIP, 1 - CLIP);
    const onNodule = mul(mul(labels, log(p)), positiveWeight);
    const elsewhere = mul(sub(1, labels), log(sub(1, p)));
    return neg(mean(add(onNodule, elsewhere)));
  });
}
