import type { Geometry, Volume } from '@lunet/io';

/** A scan whose slices are read when they are needed, such as `openMetaImage` of `@lunet/io/node` gives. */
export interface SlabSource {
  readonly geometry: Geometry;
  /** Reads `count` slices from slice `start` on. */
  readSlab(start: number, count: number, options?: { readonly signal?: AbortSignal }): Promise<Volume>;
}
