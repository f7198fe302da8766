import type { Nodule, Volume } from '@lunet/io';
import { type Luna16, type Luna16Scan, readVolume, splitByFold, splitByStride } from '@lunet/io/node';
import { rasterizeSpheres } from '@lunet/masks';
import type { ValidationScan } from '@lunet/train';

/**
 * Splits scans, of a folder or of a store, into those to train on and those to validate on.
 *
 * @param fold a subset's number; `'stride'`: every tenth scan; `'none'`: all scans for both.
 * @param validates whether the held-out scans are going to be looked at.
 * @throws {Error} if no scan is in that fold, or a side that is used has no nodule.
 */
export function splitScans<T extends Pick<Luna16Scan, 'seriesUid' | 'fold' | 'nodules'>>(
  scans: readonly T[],
  fold: number | 'stride' | 'none',
  validates: boolean,
): { readonly training: readonly T[]; readonly validation: readonly T[] } {
  const split =
    fold === 'none'
      ? { training: scans, validation: scans }
      : fold === 'stride'
        ? splitByStride(scans)
        : splitByFold(scans, fold);
  if (!split.training.some(({ nodules }) => nodules.length > 0)) {
    throw new Error(
      `Cannot train: none of the ${split.training.length} training scans has a nodule. ` +
        'Choose another --fold, or --fold none to train and validate on all scans',
    );
  }
  if (validates && !split.validation.some(({ nodules }) => nodules.length > 0)) {
    throw new Error(
      `Cannot validate: none of the ${split.validation.length} held-out scans has a nodule, so recall means nothing. ` +
        'Choose another --fold, or --fold none to train and validate on all scans',
    );
  }
  return split;
}

/** `6 scans with 17 nodules` */
export function describeScans(scans: readonly { readonly nodules: readonly unknown[] }[]): string {
  const nodules = scans.reduce((sum, scan) => sum + scan.nodules.length, 0);
  return `${scans.length} scan${scans.length === 1 ? '' : 's'} with ${nodules} nodule${nodules === 1 ? '' : 's'}`;
}

/** All nodules that a scan is scored with: a centre outside of its voxels is a miss, as officially. */
export function scoredNodules({ nodules, outside }: Pick<Luna16Scan, 'nodules' | 'outside'>): Nodule[] {
  return [...nodules, ...outside];
}

/** Says what of a LUNA16 folder is left out, a line each, the first ones of many. */
export function describeProblems({ problems, skipped }: Luna16, most = 5): string[] {
  const lines = problems.slice(0, most).map(({ message }) => message);
  if (problems.length > most) lines.push(`and ${problems.length - most} more such`);
  if (skipped.annotations > 0) {
    lines.push(`${skipped.annotations} annotated nodules are skipped: their scans are not on disk`);
  }
  return lines;
}

/** A scan's HU and the mask of its nodules, read when asked for. */
export async function loadScan(
  scan: Luna16Scan,
): Promise<{ readonly volume: Volume<Int16Array>; readonly truth: Volume<Uint8Array> }> {
  const volume = await readVolume(scan.path, scan);
  if (!(volume.voxels.data instanceof Int16Array)) {
    throw new TypeError(
      `Cannot use ${scan.path}: its voxels are ${volume.voxels.data.constructor.name}, not int16 HU`,
    );
  }
  return {
    volume: volume as Volume<Int16Array>,
    truth: rasterizeSpheres(scan.geometry, scan.nodules) as Volume<Uint8Array>,
  };
}

export function validationScan(scan: Luna16Scan): ValidationScan {
  return {
    seriesUid: scan.seriesUid,
    nodules: scan.nodules,
    excluded: scan.excluded,
    load: () => loadScan(scan),
  };
}
