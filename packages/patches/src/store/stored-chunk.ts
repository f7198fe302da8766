import type { Spacing } from '@lunet/io';
import type { Chunk } from '../chunks/chunk.ts';

/** Open files of a store; the numbers are file descriptors, which all threads of the process share. */
export interface StoreFiles {
  readonly folder: string;
  readonly images: number;
  readonly labels: number;
  /** Bytes before the first voxel in either file. */
  readonly imagesStart: number;
  readonly labelsStart: number;
}

/**
 * A chunk whose voxels stay on disk: a loader reads the slices of a sample when it renders it.
 *
 * Plain data that threads are given, valid until its store is closed.
 */
export interface StoredChunk extends Pick<Chunk, 'seriesUid' | 'kind' | 'centerWorld' | 'labelSlices'> {
  readonly fold: number | undefined;
  /** In mm; undefined for a negative. */
  readonly diameterMm: number | undefined;
  /** Of the scan, mm. */
  readonly spacing: Spacing;
  /** Index of the chunk's first voxel in its scan; beyond the volume's ends the border is repeated. */
  readonly start: readonly [x: number, y: number, z: number];
  /** First of its `labelSlices + size.slices − 1` slices in images.npy. */
  readonly firstImageSlice: number;
  /** First of its `labelSlices` slices in labels.npy. */
  readonly firstLabelSlice: number;
  readonly files: StoreFiles;
}
