import { mul, reshape, sub, sum, type Tensor } from '@tensorflow/tfjs-core';

/** Soft pixel counts of a batch, each a scalar or one number a sample. */
export interface Overlap {
  /** Σ p·y */
  readonly truePositives: Tensor;
  /** Σ (1 − p)·y */
  readonly falseNegatives: Tensor;
  /** Σ p·(1 − y) */
  readonly falsePositives: Tensor;
}

/**
 * Sums over a batch's pixels how far probabilities and labels overlap: per sample, or over the whole batch.
 *
 * @throws {TypeError} if the shapes differ.
 */
export function overlapOf(labels: Tensor, predictions: Tensor, reduction: 'sample' | 'batch'): Overlap {
  if (labels.shape.join() !== predictions.shape.join()) {
    throw new TypeError(
      `Cannot compare labels [${labels.shape}] with predictions [${predictions.shape}]: shapes differ`,
    );
  }
  const rows = reduction === 'sample' ? (labels.shape[0] ?? 1) : 1;
  const y = reshape(labels, [rows, -1]);
  const p = reshape(predictions, [rows, -1]);
  const truePositives = sum(mul(p, y), 1);
  return {
    truePositives,
    falseNegatives: sub(sum(y, 1), truePositives),
    falsePositives: sub(sum(p, 1), truePositives),
  };
}
