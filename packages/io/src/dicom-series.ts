import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Index } from './geometry.ts';

interface DicomSlice {
  readonly path: string;
  readonly seriesUid: string;
  /** Along the slices' normal, in mm. */
  readonly depth: number;
  readonly position: readonly number[];
  readonly normal: Index;
}

/** Scanners round positions to a hundredth of a mm or so; a missing slice is a whole step. */
const maxUnevenness = 0.1;

/**
 * The files of a folder's DICOM series, sorted by position along the slices' normal.
 *
 * Files that are no DICOM images are passed over. ITK takes the mean of the gaps for the spacing, whatever they are,
 * and the first of several series; those are refused here.
 *
 * @throws {RangeError} if there is no series or more than one, or slices are missing, doubled, tilted or turned.
 */
export async function sortDicomSeries(
  folder: string,
  { seriesUid, signal }: { seriesUid?: string | undefined; signal?: AbortSignal | undefined },
): Promise<string[]> {
  const slices: DicomSlice[] = [];
  for (const entry of await readdir(folder)) {
    signal?.throwIfAborted();
    const slice = await readSlice(path.join(folder, entry));
    if (slice) slices.push(slice);
  }
  const found = [...new Set(slices.map((slice) => slice.seriesUid))].sort();
  const wanted = seriesUid ?? found[0];
  const series = slices.filter((slice) => slice.seriesUid === wanted).sort((a, b) => a.depth - b.depth);
  if (series.length === 0) {
    const there = found.length === 0 ? 'no DICOM image' : `series ${found.join(', ')}`;
    throw new RangeError(
      `Cannot read ${folder}: ${seriesUid ? `no series ${seriesUid}, but ` : ''}${there} in it`,
    );
  }
  if (seriesUid === undefined && found.length > 1) {
    throw new RangeError(
      `Cannot read ${folder}: ${found.length} series in it, pass seriesUid: ${found.join(' or ')}`,
    );
  }
  checkStack(series, folder);
  return series.map((slice) => slice.path);
}

function checkStack(series: readonly DicomSlice[], folder: string): void {
  const first = series[0]!;
  const last = series.at(-1)!;
  const gaps = series.slice(1).map((slice, i) => slice.depth - series[i]!.depth);
  const step = [...gaps].sort((a, b) => a - b)[gaps.length >> 1]!;
  series.forEach((slice, i) => {
    if (dot(slice.normal, first.normal) < 0.9999) {
      throw new RangeError(`Cannot read ${folder}: ${slice.path} is turned against ${first.path}`);
    }
    const previous = series[i - 1];
    if (previous === undefined) return;
    const gap = gaps[i - 1]!;
    if (!(gap > 0 && Math.abs(gap - step) <= maxUnevenness * step)) {
      throw new RangeError(
        `Cannot read ${folder}: ${previous.path} and ${slice.path} are ${gap.toFixed(3)} mm apart, most are ${step.toFixed(3)}: slices are missing or doubled`,
      );
    }
  });
  const run = [0, 1, 2].map((axis) => last.position[axis]! - first.position[axis]!);
  const drift = Math.hypot(...run.map((mm, axis) => mm - first.normal[axis]! * (last.depth - first.depth)));
  if (drift > 1e-3 * (last.depth - first.depth)) {
    throw new RangeError(
      `Cannot read ${folder}: its slices are shifted by ${drift.toFixed(1)} mm against their normal (gantry tilt), which a volume cannot hold`,
    );
  }
}

async function readSlice(file: string): Promise<DicomSlice | undefined> {
  const { default: dicom } = await import('dicom-parser');
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EISDIR') return undefined;
    throw error;
  });
  if (bytes === undefined || bytes.toString('latin1', 128, 132) !== 'DICM') return undefined;
  const tags = dicom.parseDicom(bytes, { untilTag: 'x00200037' });
  const numbers = (tag: string): number[] => (tags.string(tag) ?? '').split('\\').map(Number.parseFloat);
  const position = numbers('x00200032');
  const [rx, ry, rz, cx, cy, cz] = numbers('x00200037') as [number, number, number, number, number, number];
  const normal: Index = [ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx];
  const depth = dot(normal, position);
  if (!Number.isFinite(depth)) return undefined;
  return { path: file, seriesUid: tags.string('x0020000e') ?? '', depth, position, normal };
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a[0]! * b[0]! + a[1]! * b[1]! + a[2]! * b[2]!;
}
