import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ChunkSize } from '../chunks/chunk.ts';
import { type ChunkStore, openStore } from './open-store.ts';
import { storeFormat } from './store-manifest.ts';
import type { StorePart } from './store-parts.ts';
import type { StoredChunk } from './stored-chunk.ts';

/** What a folder holds from an earlier, finished run. */
export interface EarlierParts {
  /** The text of its store.json; undefined if there is no store, or one that is damaged or of another version. */
  readonly manifest: string | undefined;
  /** By the fingerprints of their scans. */
  readonly parts: ReadonlyMap<string, StorePart>;
}

/**
 * Finds the chunks of a finished store.
 *
 * @throws {Error} if the folder has a store.json of something else.
 */
export async function earlierParts(folder: string): Promise<EarlierParts> {
  const file = path.join(folder, 'store.json');
  let manifest: string;
  try {
    manifest = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { manifest: undefined, parts: new Map() };
    throw error;
  }
  if (!manifest.includes(storeFormat)) {
    throw new Error(`Cannot prepare store ${folder}: ${file} is of something else; give another folder`);
  }
  let store: ChunkStore;
  try {
    store = await openStore(folder);
  } catch {
    // What is damaged or of another version is prepared again.
    return { manifest: undefined, parts: new Map() };
  }
  await using opened = store;
  return { manifest, parts: partsOf(opened) };
}

function partsOf({ scans, chunks, size, folder }: ChunkStore): Map<string, StorePart> {
  const byScan = new Map<string, StoredChunk[]>(scans.map(({ seriesUid }) => [seriesUid, []]));
  for (const chunk of chunks) byScan.get(chunk.seriesUid)!.push(chunk);
  const parts = new Map<string, StorePart>();
  for (const { seriesUid, fingerprint, problems, failure } of scans) {
    if (failure === undefined) {
      parts.set(fingerprint, { ...sliceOut(folder, byScan.get(seriesUid)!, size), problems });
    }
  }
  return parts;
}

/** Where the chunks of one scan, which follow each other, lie in a store's files. */
function sliceOut(
  folder: string,
  chunks: readonly StoredChunk[],
  { slices, rows, columns }: ChunkSize,
): Omit<StorePart, 'problems'> {
  const plane = rows * columns;
  const labelSlices = chunks.reduce((sum, chunk) => sum + chunk.labelSlices, 0);
  const imageSlices = labelSlices + chunks.length * (slices - 1);
  const { firstImageSlice = 0, firstLabelSlice = 0, files } = chunks[0] ?? {};
  return {
    rows: chunks.map(({ files: _, ...row }) => ({
      ...row,
      firstImageSlice: row.firstImageSlice - firstImageSlice,
      firstLabelSlice: row.firstLabelSlice - firstLabelSlice,
    })),
    imageSlices,
    labelSlices,
    images: {
      file: path.join(folder, 'images.npy'),
      start: (files?.imagesStart ?? 0) + firstImageSlice * plane * 2,
      length: imageSlices * plane * 2,
    },
    labels: {
      file: path.join(folder, 'labels.npy'),
      start: (files?.labelsStart ?? 0) + firstLabelSlice * plane,
      length: labelSlices * plane,
    },
  };
}
