import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Nodule, parseAnnotations } from './annotations.ts';
import { type CandidateRow, parseCandidates } from './candidates.ts';
import type { Geometry } from './geometry.ts';
import { type AssignedRows, assignRows } from './luna16-rows.ts';
import { findLuna16Scans, openLuna16Scans } from './luna16-scans.ts';

/** A scan of LUNA16 whose voxels are on disk, with the rows of the CSV files that lie in it. */
export interface Luna16Scan {
  readonly seriesUid: string;
  /** Of the header; `openMetaImage(scan.path, scan)` opens it as it was found. */
  readonly path: string;
  readonly allowExternalData: boolean;
  /** The number of its `subsetN` folder; undefined for a scan in the root itself. */
  readonly fold: number | undefined;
  readonly geometry: Geometry;
  /** Of `annotations.csv`. */
  readonly nodules: readonly Nodule[];
  /**
   * Those of `annotations.csv` whose centre lies in no voxel of the scan; the official score counts them as missed, so
   * evaluate with them.
   */
  readonly outside: readonly Nodule[];
  /** Of `annotations_excluded.csv`. */
  readonly excluded: readonly Nodule[];
  /** Of `candidates_V2.csv`. */
  readonly candidates: readonly CandidateRow[];
  /** Header of its mask in `seg-lungs-LUNA16`. */
  readonly lungMaskPath: string | undefined;
}

/** Something in a LUNA16 folder that was left out. */
export interface Luna16Problem {
  /**
   * `missing-data`: a header without its `.raw`; `unreadable`: a scan that cannot be opened; `duplicate`: a scan in two
   * folders, or rows that a CSV file repeats; `outside-volume`: rows whose centre lies in no voxel of their scan.
   */
  readonly kind: 'missing-data' | 'unreadable' | 'duplicate' | 'outside-volume';
  /** Undefined for rows that a file repeats. */
  readonly seriesUid: string | undefined;
  readonly file: string;
  /** Of the scan, as in {@link Luna16Scan}; undefined for rows. */
  readonly fold?: number | undefined;
  /** Rows left out; 1 for a scan. */
  readonly count: number;
  /** Rows of `annotations.csv` for a scan that is missing or unreadable. */
  readonly nodules?: number;
  readonly message: string;
}

/** A LUNA16 folder, or as much of it as is there. */
export interface Luna16 {
  readonly root: string;
  /** Sorted by series UID. */
  readonly scans: readonly Luna16Scan[];
  readonly problems: readonly Luna16Problem[];
  /** Rows of scans that are not on disk, by CSV file. */
  readonly skipped: { readonly annotations: number; readonly excluded: number; readonly candidates: number };
}

/** Options of {@link openLuna16}. */
export interface OpenLuna16Options {
  /** Take scans whose `.raw` alone is a link to another folder; see `openMetaImage`. */
  readonly allowExternalData?: boolean;
  readonly signal?: AbortSignal;
  /** Called after each header read. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** The archives unpack `annotations.csv` and `candidates_V2.csv` to CSVFILES, the excluded findings to the script's. */
const csvFolders = ['', 'CSVFILES', path.join('evaluationScript', 'annotations')];

/**
 * Opens a LUNA16 folder: the scans in its `subsetN` folders, or in the folder itself, with their rows of
 * `annotations.csv`, `annotations_excluded.csv` and `candidates_V2.csv` where those are present.
 *
 * Reads every header and no voxels. A partial download is the normal case: rows of scans that are not on disk are
 * counted in `skipped`, whatever else is left out is in `problems`.
 *
 * @throws {Error} if there is no scan header at all.
 * @throws {SyntaxError} if a CSV file is malformed.
 * @example
 * ```ts
 * const { scans, problems, skipped } = await openLuna16('/data/luna16');
 * const { training, validation } = splitByStride(scans);
 * ```
 */
export async function openLuna16(
  root: string,
  { allowExternalData = false, signal, onProgress }: OpenLuna16Options = {},
): Promise<Luna16> {
  const problems: Luna16Problem[] = [];
  const found = await findLuna16Scans(root, problems);
  if (found.length === 0) {
    throw new Error(
      `Cannot open ${root} as LUNA16: no .mhd file in it, nor in folders subset0 to subset9 of it`,
    );
  }
  const opened = await openLuna16Scans(found, problems, { allowExternalData, signal, onProgress });
  const masks = await findLungMasks(root);
  const readRows = async <T extends Nodule | CandidateRow>(
    name: string,
    parse: (text: string, name: string) => T[],
  ): Promise<AssignedRows<T>> => {
    signal?.throwIfAborted();
    const file = await findCsv(root, name);
    const rows = file === undefined ? [] : parse(await readFile(file, 'utf8'), file);
    return assignRows(rows, file ?? name, opened, problems);
  };
  const annotations = await readRows('annotations.csv', parseAnnotations);
  const excluded = await readRows('annotations_excluded.csv', parseAnnotations);
  const candidates = await readRows('candidates_V2.csv', parseCandidates);
  const scans = opened.map((scan) => ({
    ...scan,
    allowExternalData,
    nodules: annotations.rowsOf(scan.seriesUid),
    outside: annotations.outsideOf(scan.seriesUid),
    excluded: excluded.rowsOf(scan.seriesUid),
    candidates: candidates.rowsOf(scan.seriesUid),
    lungMaskPath: masks.get(scan.seriesUid),
  }));
  const skipped = {
    annotations: annotations.skipped,
    excluded: excluded.skipped,
    candidates: candidates.skipped,
  };
  return {
    root,
    scans,
    problems: problems.map((problem) =>
      problem.kind === 'missing-data' || problem.kind === 'unreadable'
        ? { ...problem, nodules: annotations.skippedOf(problem.seriesUid!) }
        : problem,
    ),
    skipped,
  };
}

async function findCsv(root: string, name: string): Promise<string | undefined> {
  for (const folder of csvFolders) {
    const names = await list(path.join(root, folder));
    if (names.includes(name)) return path.join(root, folder, name);
  }
  return undefined;
}

async function findLungMasks(root: string): Promise<Map<string, string>> {
  const masks = new Map<string, string>();
  for (const folder of (await readdir(root)).filter((name) => /^seg-lungs/i.test(name)).sort()) {
    const names = await list(path.join(root, folder));
    for (const name of names.filter((candidate) => /\.mh[ad]$/i.test(candidate))) {
      masks.set(name.replace(/\.mh[ad]$/i, ''), path.join(root, folder, name));
    }
  }
  return masks;
}

/** The names in a folder, which need not be there. */
async function list(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
