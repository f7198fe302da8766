import { padding } from './block-means.ts';

/**
 * Finds the HU between air and tissue: half way between the mean of what is below and the mean of what is above, from
 * -500 HU on until it moves no more (Hu, Hoffman and Reinhardt, "Automatic Lung Segmentation for Accurate Quantitation
 * of Volumetric X-Ray CT Images", IEEE Trans. Med. Imaging 20(6), 2001).
 *
 * -500 HU where the scan has no air or no tissue.
 */
export function airThreshold(means: Int16Array): number {
  const counts = new Float64Array(0x10000);
  for (let i = 0; i < means.length; i++) counts[means[i]! + 0x8000]!++;
  counts[padding + 0x8000] = 0;
  let threshold = -500;
  for (let round = 0; round < 100; round++) {
    const air = meanBetween(counts, -0x8000, threshold);
    const tissue = meanBetween(counts, threshold, 0x8000);
    if (air === undefined || tissue === undefined) return -500;
    const next = Math.round((air + tissue) / 2);
    if (next === threshold) break;
    threshold = next;
  }
  return threshold;
}

function meanBetween(counts: Float64Array, from: number, to: number): number | undefined {
  let total = 0;
  let sum = 0;
  for (let hu = from; hu < to; hu++) {
    total += counts[hu + 0x8000]!;
    sum += hu * counts[hu + 0x8000]!;
  }
  return total === 0 ? undefined : sum / total;
}
