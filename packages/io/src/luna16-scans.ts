import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Geometry } from './geometry.ts';
import type { Luna16Problem, OpenLuna16Options } from './open-luna16.ts';
import { openMetaImage } from './open-metaimage.ts';

interface FoundScan {
  readonly seriesUid: string;
  readonly path: string;
  readonly fold: number | undefined;
}

/** A scan whose header and data file have been checked. */
export interface OpenedScan extends FoundScan {
  readonly geometry: Geometry;
}

/** Enough to hide a disk's latency, few enough for any limit on open files. */
const concurrency = 16;

/** Finds the headers in the root and its `subsetN` folders, sorted by series UID, each UID once. */
export async function findLuna16Scans(root: string, problems: Luna16Problem[]): Promise<FoundScan[]> {
  const names = await readdir(root);
  const found = headersIn(root, names, undefined);
  for (const name of names) {
    const fold = /^subset(\d+)$/i.exec(name)?.[1];
    if (fold === undefined) continue;
    const folder = path.join(root, name);
    found.push(...headersIn(folder, await readdir(folder), Number(fold)));
  }
  found.sort((a, b) => compare(a.seriesUid, b.seriesUid) || (a.fold ?? -1) - (b.fold ?? -1));
  return found.filter((scan, i) => {
    const first = found[i - 1];
    if (first?.seriesUid !== scan.seriesUid) return true;
    const message = `Scan ${scan.seriesUid} is in ${first.path} too; ${scan.path} is left out`;
    const { seriesUid, path: file, fold } = scan;
    problems.push({ kind: 'duplicate', seriesUid, file, fold, count: 1, message });
    return false;
  });
}

function headersIn(folder: string, names: readonly string[], fold: number | undefined): FoundScan[] {
  return names
    .filter((name) => /\.mh[ad]$/i.test(name) && !name.startsWith('.'))
    .sort()
    .map((name) => ({ seriesUid: name.slice(0, -4), path: path.join(folder, name), fold }));
}

/** By UTF-16 code unit, as Python's `sorted` does for UIDs: the reference's split depends on it. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Opens each scan's header and checks its data file; what fails becomes a problem. */
export async function openLuna16Scans(
  found: readonly FoundScan[],
  problems: Luna16Problem[],
  {
    allowExternalData = false,
    signal,
    onProgress,
  }: { [K in keyof OpenLuna16Options]: OpenLuna16Options[K] | undefined },
): Promise<OpenedScan[]> {
  const opened: (OpenedScan | Luna16Problem)[] = [];
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    while (next < found.length) {
      signal?.throwIfAborted();
      const i = next++;
      opened[i] = await openScan(found[i]!, allowExternalData);
      onProgress?.(++done, found.length);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return opened.filter((scan): scan is OpenedScan => {
    if (!('kind' in scan)) return true;
    problems.push(scan);
    return false;
  });
}

async function openScan(scan: FoundScan, allowExternalData: boolean): Promise<OpenedScan | Luna16Problem> {
  try {
    const file = await openMetaImage(scan.path, { allowExternalData });
    await file.close();
    return { ...scan, geometry: file.geometry };
  } catch (error) {
    const { message, cause } = error as Error;
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const kind = isMissing ? 'missing-data' : 'unreadable';
    return { kind, seriesUid: scan.seriesUid, file: scan.path, fold: scan.fold, count: 1, message };
  }
}
