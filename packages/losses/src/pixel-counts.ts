import { cast, greater, mul, stack, sub, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';

/** How many pixels fell into each cell of the confusion matrix. */
export interface PixelCounts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

/** Counts of nothing: where a sum with `addCounts` begins. */
export const noCounts: PixelCounts = {
  truePositives: 0,
  falsePositives: 0,
  falseNegatives: 0,
  trueNegatives: 0,
};

/**
 * Counts pixels of typed arrays; a pixel is predicted where its probability is **above** the threshold.
 *
 * @param labels 0, or anything above 0 for a nodule.
 * @param predictions Probabilities in the same order; NaN counts as not predicted.
 * @throws {TypeError} if the lengths differ.
 * @example
 * ```ts
 * countPixels([1, 1, 0, 0], [0.9, 0.1, 0.6, 0.5]);
 * // { truePositives: 1, falsePositives: 1, falseNegatives: 1, trueNegatives: 1 }
 * ```
 */
export function countPixels(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  threshold = 0.5,
): PixelCounts {
  const { length } = labels;
  if (length !== predictions.length) {
    throw new TypeError(`Cannot count pixels: ${length} labels and ${predictions.length} predictions`);
  }
  let truePositives = 0;
  let falsePositives = 0;
  let positives = 0;
  for (let i = 0; i < length; i++) {
    const isNodule = labels[i]! > 0;
    if (isNodule) positives++;
    if (predictions[i]! > threshold) {
      if (isNodule) truePositives++;
      else falsePositives++;
    }
  }
  return countsFrom(truePositives, falsePositives, positives, length);
}

/**
 * `countPixels` on tensors: the counting runs on the device and only three numbers are read back.
 *
 * @throws {TypeError} if the shapes differ.
 */
export async function countTensorPixels(
  labels: Tensor,
  predictions: Tensor,
  threshold = 0.5,
): Promise<PixelCounts> {
  if (labels.shape.join() !== predictions.shape.join()) {
    throw new TypeError(
      `Cannot count pixels: labels [${labels.shape}] and predictions [${predictions.shape}]`,
    );
  }
  const sums = tidy(() => {
    // int32 sums: a float32 one stops counting at 2²⁴ pixels, 64 slices.
    const isNodule = cast(greater(labels, 0), 'int32');
    const isPredicted = cast(greater(predictions, threshold), 'int32');
    const truePositives = sum(mul(isNodule, isPredicted));
    return stack([truePositives, sub(sum(isPredicted), truePositives), sum(isNodule)]);
  });
  const [truePositives, falsePositives, positives] = await sums.data();
  sums.dispose();
  return countsFrom(truePositives!, falsePositives!, positives!, labels.size);
}

function countsFrom(
  truePositives: number,
  falsePositives: number,
  positives: number,
  pixels: number,
): PixelCounts {
  return {
    truePositives,
    falsePositives,
    falseNegatives: positives - truePositives,
    trueNegatives: pixels - positives - falsePositives,
  };
}

/** Adds counts up, so that scores are formed once over all pixels (micro average), never averaged over samples. */
export function addCounts(a: PixelCounts, b: PixelCounts): PixelCounts {
  return {
    truePositives: a.truePositives + b.truePositives,
    falsePositives: a.falsePositives + b.falsePositives,
    falseNegatives: a.falseNegatives + b.falseNegatives,
    trueNegatives: a.trueNegatives + b.trueNegatives,
  };
}
