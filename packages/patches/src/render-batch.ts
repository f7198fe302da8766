import type { BatchBuffer } from './batch.ts';
import type { ChunkSet } from './chunk.ts';
import type { CropSize } from './crop.ts';
import { renderSample, type Sample } from './sample.ts';

/** Renders samples side by side into a batch's memory: what worker threads do, and the loader itself without them. */
export function renderBatch(
  chunks: ChunkSet,
  samples: readonly Sample[],
  crop: CropSize,
  { images, labels }: BatchBuffer,
): void {
  const pixels = crop.rows * crop.columns;
  const values = pixels * chunks.size.slices;
  samples.forEach((sample, i) => {
    const out = {
      image: images.subarray(i * values, (i + 1) * values),
      label: labels.subarray(i * pixels, (i + 1) * pixels),
    };
    renderSample(chunks, sample, crop, out);
  });
}
