import { type FileHandle, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { replaceFile } from '@lunet/io/node';
import { formatNpyHeader } from './npy.ts';
import { formatIndex } from './store-index.ts';
import { formatManifest, type StoreManifest } from './store-manifest.ts';
import type { FileRegion, StorePart } from './store-parts.ts';

/** How far assembling has come. */
export interface AssembleOptions {
  readonly onBytes: (done: number, total: number) => void;
  readonly signal: AbortSignal | undefined;
}

const blockBytes = 1 << 22;

/** The files of a store but for its manifest, as they are called until all of them are whole. */
const data = [
  ['images.next.npy', 'images.npy'],
  ['labels.next.npy', 'labels.npy'],
  ['index.next.csv', 'index.csv'],
] as const;

/**
 * Puts the parts together, in the order of the manifest's scans, and lets them take the place of what the folder held.
 *
 * @param parts of each scan; undefined for one that failed.
 */
export async function assembleStore(
  folder: string,
  manifest: StoreManifest,
  parts: readonly (StorePart | undefined)[],
  { onBytes, signal }: AssembleOptions,
): Promise<void> {
  const { rows, columns, slices } = manifest.settings.chunk;
  let imageSlices = 0;
  let labelSlices = 0;
  const index = parts.flatMap((part, i) =>
    (part?.rows ?? []).map((row) => {
      const moved = {
        ...row,
        fold: manifest.scans[i]!.fold,
        firstImageSlice: imageSlices,
        firstLabelSlice: labelSlices,
      };
      imageSlices += row.labelSlices + slices - 1;
      labelSlices += row.labelSlices;
      return moved;
    }),
  );
  const present = parts.filter((part) => part !== undefined);
  const total = [...present.map((part) => part.images), ...present.map((part) => part.labels)].reduce(
    (sum, { length }) => sum + length,
    0,
  );
  let done = 0;
  const onBlock = (bytes: number): void => {
    done += bytes;
    onBytes(done, total);
  };
  const options = { signal, onBlock };
  await writeRegions(
    path.join(folder, data[0][0]),
    formatNpyHeader('<i2', [imageSlices, rows, columns]),
    present.map(({ images }) => images),
    options,
  );
  await writeRegions(
    path.join(folder, data[1][0]),
    formatNpyHeader('|u1', [labelSlices, rows, columns]),
    present.map(({ labels }) => labels),
    options,
  );
  await replaceFile(path.join(folder, data[2][0]), (file) => writeFile(file, formatIndex(index)));
  await replaceFile(path.join(folder, 'store.next.json'), (file) =>
    writeFile(file, formatManifest(manifest)),
  );
  await finishStore(folder);
}

/**
 * Gives the files of an assembled store their names, also those of a run that was killed while it did so.
 *
 * Meanwhile there is no store.json: a store with the voxels of one run and the index of another cannot be opened.
 */
export async function finishStore(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (!names.includes('store.next.json')) return;
  await rm(path.join(folder, 'store.json'), { force: true });
  for (const [from, to] of data) {
    if (names.includes(from)) await rename(path.join(folder, from), path.join(folder, to));
  }
  await rename(path.join(folder, 'store.next.json'), path.join(folder, 'store.json'));
}

/** Writes a header and the bytes of regions, flushed to disk. */
async function writeRegions(
  file: string,
  header: Uint8Array,
  regions: readonly FileRegion[],
  {
    onBlock,
    signal,
  }: { readonly onBlock: (bytes: number) => void; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const buffer = new Uint8Array(blockBytes);
  try {
    await using target = await open(file, 'w');
    await target.writeFile(header);
    for (const region of regions) {
      await using source = await open(region.file);
      for (let position = 0; position < region.length; position += blockBytes) {
        signal?.throwIfAborted();
        const block = buffer.subarray(0, Math.min(blockBytes, region.length - position));
        await readBlock(source, region.start + position, block);
        await target.writeFile(block);
        onBlock(block.length);
      }
    }
    await target.sync();
  } catch (cause) {
    signal?.throwIfAborted();
    await rm(file, { force: true });
    throw new Error(`Cannot write ${file}: ${(cause as Error).message}`, { cause });
  }
}

async function readBlock(source: FileHandle, position: number, block: Uint8Array): Promise<void> {
  for (let filled = 0; filled < block.length; ) {
    const { bytesRead } = await source.read(block, filled, block.length - filled, position + filled);
    if (bytesRead === 0) throw new RangeError(`a part of it was cut at byte ${position + filled}`);
    filled += bytesRead;
  }
}
