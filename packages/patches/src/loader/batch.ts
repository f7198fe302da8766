import type { CropSize } from '../crop/crop.ts';
import type { Sample } from './sample.ts';

/** Crops that are ready for one training step, channels last. */
export interface Batch {
  /** HU within ±1000, `[size, height, width, channels]`; channel `(channels − 1) / 2` is the labelled slice. */
  readonly images: Float32Array;
  /** 1 inside a nodule, else 0, `[size, height, width, 1]`. */
  readonly labels: Float32Array;
  readonly size: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** What was drawn for each crop. */
  readonly samples: readonly Sample[];
  /**
   * Hands the arrays back to be filled anew; they must not be read afterwards. Tensors that still point at them must
   * be disposed of first.
   */
  release(): void;
}

/** Memory of one batch, shared between threads. */
export interface BatchBuffer {
  readonly images: Float32Array<SharedArrayBuffer>;
  readonly labels: Float32Array<SharedArrayBuffer>;
}

/** Allocates the memory of one batch. */
export function allocateBatch(batchSize: number, { rows, columns }: CropSize, channels: number): BatchBuffer {
  const pixels = batchSize * rows * columns;
  const bytes = Float32Array.BYTES_PER_ELEMENT;
  return {
    images: new Float32Array(new SharedArrayBuffer(pixels * channels * bytes)),
    labels: new Float32Array(new SharedArrayBuffer(pixels * bytes)),
  };
}
