import { readSync } from 'node:fs';
import type { Chunk, ChunkSize, ChunkVoxels } from '../chunks/chunk.ts';
import type { StoredChunk } from './stored-chunk.ts';

/** The last slab of this thread, filled anew for each sample. */
let scratch: ChunkVoxels | undefined;

/**
 * Reads what one sample of a stored chunk needs: a label slice and the slices around it.
 *
 * The result is overwritten by this thread's next read.
 *
 * @throws {RangeError} if the chunk has no such label slice, the files have been cut, or they hold what no store does.
 */
export function readStoredSlab(chunk: StoredChunk, size: ChunkSize, slice: number): ChunkVoxels {
  if (!(slice >= 0 && slice < chunk.labelSlices)) {
    throw new RangeError(`Cannot read label slice ${slice}: the chunk has ${chunk.labelSlices} label slices`);
  }
  const plane = size.rows * size.columns;
  if (scratch?.label.length !== plane || scratch.image.length !== plane * size.slices) {
    scratch = {
      image: new Int16Array(plane * size.slices),
      label: new Uint8Array(plane),
      labelSlices: 1,
    };
  }
  readSlices(chunk, plane, slice, scratch);
  return scratch;
}

/**
 * Reads all of a stored chunk into shared memory.
 *
 * @throws {RangeError} if the files have been cut, or hold what no store does.
 */
export function readStoredChunk(chunk: StoredChunk, size: ChunkSize): Chunk {
  const { seriesUid, kind, centerWorld, labelSlices } = chunk;
  const plane = size.rows * size.columns;
  const imageBytes = (labelSlices + size.slices - 1) * plane * Int16Array.BYTES_PER_ELEMENT;
  const image = new Int16Array(new SharedArrayBuffer(imageBytes));
  const label = new Uint8Array(new SharedArrayBuffer(labelSlices * plane));
  readSlices(chunk, plane, 0, { image, label });
  return { seriesUid, kind, centerWorld, labelSlices, image, label };
}

function readSlices(
  { files, firstImageSlice, firstLabelSlice, seriesUid }: StoredChunk,
  plane: number,
  slice: number,
  { image, label }: Pick<ChunkVoxels, 'image' | 'label'>,
): void {
  const bytes = new Uint8Array(image.buffer, image.byteOffset, image.byteLength);
  const imageStart = (firstImageSlice + slice) * plane * Int16Array.BYTES_PER_ELEMENT;
  readFully(files.images, bytes, files.imagesStart + imageStart, `${files.folder}/images.npy`);
  readFully(
    files.labels,
    label,
    files.labelsStart + (firstLabelSlice + slice) * plane,
    `${files.folder}/labels.npy`,
  );
  if (isSound(image, -1000, 1000) && isSound(label, 0, 1)) return;
  throw new RangeError(
    `Cannot read ${files.folder}: voxels of scan ${seriesUid} are not within ±1000 HU or labels are not 0 or 1, ` +
      'so the store is damaged; delete it and prepare it again',
  );
}

/** Whether all values lie within limits; looked at in every sample, so it has to cost little. */
function isSound(values: Int16Array | Uint8Array, least: number, most: number): boolean {
  let outside = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    // Without a branch: one of the differences is negative where the value is outside.
    outside |= (value - least) | (most - value);
  }
  return outside >= 0;
}

function readFully(file: number, target: Uint8Array, position: number, name: string): void {
  let filled = 0;
  while (filled < target.length) {
    const count = readSync(file, target, filled, target.length - filled, position + filled);
    if (count === 0) {
      throw new RangeError(
        `Cannot read ${name}: it ends before byte ${position + target.length}; ` +
          'the store is damaged: delete it and prepare it again',
      );
    }
    filled += count;
  }
}
