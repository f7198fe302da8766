import type { BatchBuffer } from './batch.ts';
import type { Sample } from './sample.ts';
import type { SampleRenderer } from './sample-renderer.ts';

/** Renders samples side by side into a batch's memory: what worker threads do, and the loader itself without them. */
export function renderBatch(
  renderer: SampleRenderer,
  samples: readonly Sample[],
  { images, labels }: BatchBuffer,
): void {
  const { values, pixels } = renderer;
  samples.forEach((sample, i) => {
    renderer.render(sample, {
      image: images.subarray(i * values, (i + 1) * values),
      label: labels.subarray(i * pixels, (i + 1) * pixels),
    });
  });
}
