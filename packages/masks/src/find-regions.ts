import type { Size } from '@lunet/io';

/**
 * Finds the regions of a mask that hang together over faces (6 neighbours).
 *
 * @returns the voxels' offsets of each region of at least `minimumVoxels`, in the order of their first voxels.
 */
export function findRegions(
  mask: Uint8Array,
  [width, height, slices]: Size,
  minimumVoxels = 1,
): Int32Array[] {
  const area = width * height;
  const unseen = mask.slice();
  let members = 0;
  for (let i = 0; i < unseen.length; i++) if (unseen[i] === 1) members++;
  // Regions lie in it one after the other; the one in the making is the queue of its own flood.
  const queue = new Int32Array(members);
  const regions: Int32Array[] = [];
  let end = 0;
  for (let seed = 0; seed < unseen.length; seed++) {
    if (unseen[seed] !== 1) continue;
    const start = end;
    unseen[seed] = 0;
    queue[end++] = seed;
    for (let next = start; next < end; next++) {
      const i = queue[next]!;
      const x = i % width;
      const y = Math.floor(i / width) % height;
      if (x > 0 && unseen[i - 1] === 1) {
        unseen[i - 1] = 0;
        queue[end++] = i - 1;
      }
      if (x < width - 1 && unseen[i + 1] === 1) {
        unseen[i + 1] = 0;
        queue[end++] = i + 1;
      }
      if (y > 0 && unseen[i - width] === 1) {
        unseen[i - width] = 0;
        queue[end++] = i - width;
      }
      if (y < height - 1 && unseen[i + width] === 1) {
        unseen[i + width] = 0;
        queue[end++] = i + width;
      }
      if (i >= area && unseen[i - area] === 1) {
        unseen[i - area] = 0;
        queue[end++] = i - area;
      }
      if (i < area * (slices - 1) && unseen[i + area] === 1) {
        unseen[i + area] = 0;
        queue[end++] = i + area;
      }
    }
    if (end - start >= minimumVoxels) regions.push(queue.subarray(start, end));
  }
  return regions;
}
