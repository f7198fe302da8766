import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Luna16Scan } from '@lunet/io/node';
import { replaceFile } from '@lunet/io/node';
import type { ChunkSize } from '../chunks/chunk.ts';
import type { ScanChunks } from '../chunks/collect-scan.ts';
import { formatNpyHeader } from './npy.ts';
import { formatIndex, type IndexRow, parseIndex } from './store-index.ts';

/** Bytes of a file. */
export interface FileRegion {
  readonly file: string;
  readonly start: number;
  readonly length: number;
}

/** The chunks of one scan that are on disk already, in a part or in the store of an earlier run. */
export interface StorePart {
  /** Counted from the scan's own first slices. */
  readonly rows: readonly IndexRow[];
  readonly imageSlices: number;
  readonly labelSlices: number;
  readonly images: FileRegion;
  readonly labels: FileRegion;
  readonly problems: readonly string[];
}

/**
 * Writes the chunks of a scan as a part: images and labels as NPY, index as CSV, and last, as what makes it whole, the
 * problems as JSON. Its name is the scan's fingerprint, so a part is never stale.
 */
export async function writePart(
  folder: string,
  fingerprint: string,
  scan: Luna16Scan,
  { chunks, problems }: ScanChunks,
  size: ChunkSize,
): Promise<void> {
  const { rows, columns } = size;
  const { index, imageSlices, labelSlices } = indexOf(scan, { chunks, problems }, size);
  const { json, csv, images, labels } = partFiles(folder, fingerprint);
  await mkdir(folder, { recursive: true });
  const write = (file: string, pieces: readonly (Uint8Array | string)[]): Promise<void> =>
    replaceFile(file, (temporary) => writeFile(temporary, pieces));
  await write(images, [
    formatNpyHeader('<i2', [imageSlices, rows, columns]),
    ...chunks.map(({ chunk: { image } }) => new Uint8Array(image.buffer, image.byteOffset, image.byteLength)),
  ]);
  await write(labels, [
    formatNpyHeader('|u1', [labelSlices, rows, columns]),
    ...chunks.map(({ chunk }) => chunk.label),
  ]);
  await write(csv, [formatIndex(index)]);
  await write(json, [JSON.stringify(problems)]);
}

/** Finds the part of a fingerprint; undefined if there is none, or none that is whole. */
export async function findPart(
  folder: string,
  fingerprint: string,
  size: ChunkSize,
): Promise<StorePart | undefined> {
  const files = partFiles(folder, fingerprint);
  try {
    const problems: unknown = JSON.parse(await readFile(files.json, 'utf8'));
    const index = parseIndex(await readFile(files.csv, 'utf8'), files.csv, size);
    const { rows, columns } = size;
    const images = await dataOf(files.images, '<i2', [index.imageSlices, rows, columns]);
    const labels = await dataOf(files.labels, '|u1', [index.labelSlices, rows, columns]);
    if (!images || !labels || !Array.isArray(problems)) return undefined;
    return { ...index, images, labels, problems: problems.map(String) };
  } catch (error) {
    // Whatever is wrong with a part, its scan is simply read again.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The voxels in an NPY file that this version wrote; undefined if it has another size than they need. */
async function dataOf(
  file: string,
  descr: '<i2' | '|u1',
  shape: readonly number[],
): Promise<FileRegion | undefined> {
  const { size } = await stat(file);
  const start = formatNpyHeader(descr, shape).length;
  const length = shape.reduce((product, count) => product * count, descr === '<i2' ? 2 : 1);
  return size === start + length ? { file, start, length } : undefined;
}

function indexOf(
  { seriesUid, fold, geometry }: Luna16Scan,
  { chunks }: ScanChunks,
  { slices }: ChunkSize,
): { index: IndexRow[]; imageSlices: number; labelSlices: number } {
  let imageSlices = 0;
  let labelSlices = 0;
  const index = chunks.map(({ chunk, box, diameterMm }): IndexRow => {
    const [z, y, x] = box.start;
    const row: IndexRow = {
      seriesUid,
      fold,
      kind: chunk.kind,
      centerWorld: chunk.centerWorld,
      diameterMm,
      spacing: geometry.spacing,
      start: [x, y, z],
      firstImageSlice: imageSlices,
      firstLabelSlice: labelSlices,
      labelSlices: chunk.labelSlices,
    };
    imageSlices += chunk.labelSlices + slices - 1;
    labelSlices += chunk.labelSlices;
    return row;
  });
  return { index, imageSlices, labelSlices };
}

function partFiles(
  folder: string,
  fingerprint: string,
): Record<'json' | 'csv' | 'images' | 'labels', string> {
  const base = path.join(folder, fingerprint);
  return {
    json: `${base}.json`,
    csv: `${base}.csv`,
    images: `${base}.images.npy`,
    labels: `${base}.labels.npy`,
  };
}
