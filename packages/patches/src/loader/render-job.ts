import type { ChunkSet } from '../chunks/chunk.ts';
import type { CropSize } from '../crop/crop.ts';
import type { BatchBuffer } from './batch.ts';
import type { Sample } from './sample.ts';

/** What every worker thread is given once; the voxels and the buffers are shared, not copied. */
export interface WorkerInput {
  readonly chunks: ChunkSet;
  readonly crop: CropSize;
  readonly buffers: readonly BatchBuffer[];
}

/** One batch to render. */
export interface RenderJob {
  /** Index into the buffers. */
  readonly buffer: number;
  readonly samples: readonly Sample[];
}

/** Tells that the first batch without an answer is rendered, or why not. */
export interface RenderReply {
  readonly error: unknown;
}
