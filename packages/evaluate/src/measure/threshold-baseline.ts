import { toVoxels, type Volume } from '@lunet/io';
import { checkSameShape } from './check-same-shape.ts';
import { recallFirstScore } from './recall-first-score.ts';

/** HU range that the baseline's histograms cover. */
const LOWEST = -1024;
const HIGHEST = 1024;

/** What of one scan the search for a threshold needs: HU histograms of nodule and other voxels inside the lung. */
export interface LungHistograms {
  readonly nodule: Float64Array;
  readonly other: Float64Array;
  /** Nodule voxels outside the lung mask, which no threshold can find. */
  readonly noduleOutside: number;
}

/**
 * Counts a scan's voxels inside the lung by HU; `lung` and `truth` are masks on the scan's grid.
 *
 * @throws {TypeError} if the shapes differ.
 */
export function lungHistograms(
  scan: Volume<Int16Array>,
  lung: Volume<Uint8Array>,
  truth: Volume<Uint8Array>,
): LungHistograms {
  checkSameShape('count voxels', { scan, lung, truth });
  const nodule = new Float64Array(HIGHEST - LOWEST + 1);
  const other = new Float64Array(HIGHEST - LOWEST + 1);
  let noduleOutside = 0;
  const hu = scan.voxels.data;
  for (let voxel = 0; voxel < hu.length; voxel++) {
    const isNodule = truth.voxels.data[voxel] !== 0;
    if (lung.voxels.data[voxel] === 0) {
      if (isNodule) noduleOutside++;
      continue;
    }
    const bin = Math.min(Math.max(hu[voxel]!, LOWEST), HIGHEST) - LOWEST;
    (isNodule ? nodule : other)[bin]! += 1;
  }
  return { nodule, other, noduleOutside };
}

/**
 * The plain HU threshold (voxel > threshold inside the lung is nodule) with the best recall-first score over some scans.
 *
 * The baseline that a model has to beat. Searched on the very scans that it is scored on, it is the best that any
 * threshold could do there; of equally good ones the highest. Without a nodule voxel in any lung it is 1024 HU.
 */
export function bestThreshold(scans: readonly LungHistograms[]): number {
  let truePositives = 0;
  let falsePositives = 0;
  let all = 0;
  for (const { nodule, noduleOutside } of scans) all += noduleOutside + nodule.reduce((sum, n) => sum + n, 0);
  let best = HIGHEST;
  let bestScore = 0;
  for (let bin = HIGHEST - LOWEST; bin > 0; bin--) {
    for (const { nodule, other } of scans) {
      truePositives += nodule[bin]!;
      falsePositives += other[bin]!;
    }
    if (truePositives === 0) continue;
    const score = recallFirstScore({
      recall: truePositives / all,
      precision: truePositives / (truePositives + falsePositives),
    });
    if (score > bestScore) {
      bestScore = score;
      best = LOWEST + bin - 1;
    }
  }
  return best;
}

/**
 * Mask of the voxels inside the lung that are above a threshold in HU.
 *
 * @throws {TypeError} if the shapes differ.
 */
export function applyThreshold(
  scan: Volume<Int16Array>,
  lung: Volume<Uint8Array>,
  threshold: number,
): Volume<Uint8Array> {
  checkSameShape('apply threshold', { scan, lung });
  const hu = scan.voxels.data;
  const inside = lung.voxels.data;
  const data = new Uint8Array(hu.length);
  for (let voxel = 0; voxel < data.length; voxel++) {
    data[voxel] = inside[voxel] !== 0 && hu[voxel]! > threshold ? 1 : 0;
  }
  return { geometry: scan.geometry, voxels: toVoxels(data, scan.voxels.shape) };
}
