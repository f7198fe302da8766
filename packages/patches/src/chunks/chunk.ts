import type { World } from '@lunet/io';
import type { StoredChunk } from '../store/stored-chunk.ts';

/** How many slices, rows and columns a chunk or a crop has. */
export interface ChunkSize {
  /** Slices that the model sees at once, an odd number; the middle one is labelled. */
  readonly slices: number;
  readonly rows: number;
  readonly columns: number;
}

/** The chunk of the reference recipe, 7×96×96. */
export const defaultChunkSize: ChunkSize = { slices: 7, rows: 96, columns: 96 };

/** Image and label of a chunk, or of some of its label slices. */
export interface ChunkVoxels {
  /** HU clipped to ±1000, `[labelSlices + size.slices − 1, rows, columns]`. */
  readonly image: Int16Array;
  /** 1 inside a nodule, else 0, `[labelSlices, rows, columns]`. */
  readonly label: Uint8Array;
  readonly labelSlices: number;
}

/**
 * The voxels around a nodule or a negative, as plain data that threads share.
 *
 * A chunk is thick: it holds every slice that may be labelled and the context on either side, so that label slice `s`
 * sees the slices `s … s + size.slices − 1` of the image.
 */
export interface Chunk extends ChunkVoxels {
  readonly seriesUid: string;
  readonly kind: 'nodule' | 'negative';
  readonly centerWorld: World;
  /** HU clipped to ±1000, `[labelSlices + size.slices − 1, rows, columns]`. */
  readonly image: Int16Array<SharedArrayBuffer>;
  /** 1 inside a nodule, else 0, `[labelSlices, rows, columns]`. */
  readonly label: Uint8Array<SharedArrayBuffer>;
}

/** Chunks of one size, in memory or on disk; what a loader draws from. */
export interface ChunkSet<T extends Chunk | StoredChunk = Chunk | StoredChunk> {
  readonly size: ChunkSize;
  readonly chunks: readonly T[];
}

/**
 * Checks that a size can hold a chunk.
 *
 * @throws {RangeError} if a count is not a positive integer or the number of slices is even.
 */
export function assertChunkSize({ slices, rows, columns }: ChunkSize): void {
  const whole = [slices, rows, columns].every((count) => Number.isInteger(count) && count > 0);
  if (!whole || slices % 2 === 0) {
    throw new RangeError(
      `Cannot use chunks of ${slices}x${rows}x${columns}: expected positive integers and an odd number of slices`,
    );
  }
}
