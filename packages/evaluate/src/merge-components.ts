import { type Index, indexToWorld, type Volume } from '@lunet/io';
import type { Components } from './find-components.ts';
import { measureComponents } from './measure-components.ts';

/**
 * Merges components that lie close together, such as the pieces of a nodule that the prediction broke up.
 *
 * The heaviest component (highest sum of probabilities; of equal ones the first in scan order) takes in every one whose
 * centre lies closer than `withinMm` to its own, then the heaviest of the rest, and so on. Centres are weighted by
 * probability and stay where they are while components are taken in, so that no chain of pieces, such as those of a
 * vessel, grows beyond that distance. Expected time is linear in the components but for sorting them.
 *
 * @returns the same runs with merged components, in scan order.
 */
export function mergeComponents(
  { geometry, voxels }: Volume<Float32Array | Uint8Array>,
  components: Components,
  withinMm: number,
): Components {
  const { count } = components;
  const { weights, moments } = measureComponents(voxels, components);
  const centers = new Float64Array(3 * count);
  for (let i = 0; i < count; i++) {
    const index = [0, 1, 2].map((axis) => moments[3 * i + axis]! / weights[i]!) as unknown as Index;
    centers.set(indexToWorld(geometry, index), 3 * i);
  }
  const visitNear = bucketCenters(centers, withinMm);
  const heaviestFirst = Uint32Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => weights[b]! - weights[a]! || a - b,
  );
  const takenBy = new Int32Array(count).fill(-1);
  for (const taker of heaviestFirst) {
    if (takenBy[taker] !== -1) continue;
    takenBy[taker] = taker;
    visitNear(taker, (other) => {
      if (takenBy[other] === -1) takenBy[other] = taker;
    });
  }

  const numbers = new Int32Array(count).fill(-1);
  let merged = 0;
  for (const taker of takenBy) {
    if (numbers[taker] === -1) numbers[taker] = merged++;
  }
  return {
    ...components,
    components: components.components.map((component) => numbers[takenBy[component]!]!),
    count: merged,
  };
}

/**
 * Hashes points into cubic cells of `reach` mm, so that the near ones are found in 27 of them.
 *
 * @returns a function that visits the points closer than `reach` to one of them.
 */
function bucketCenters(
  centers: Float64Array,
  reach: number,
): (i: number, visit: (j: number) => void) => void {
  const count = centers.length / 3;
  const mask = 2 ** Math.ceil(Math.log2(count + 1)) - 1;
  const heads = new Int32Array(mask + 1).fill(-1);
  const nexts = new Int32Array(count);
  const cellOf = (i: number, axis: number): number => Math.floor(centers[3 * i + axis]! / reach);
  // Teschner et al., Optimized Spatial Hashing for Collision Detection of Deformable Objects, 2003.
  const bucketOf = (x: number, y: number, z: number): number =>
    (Math.imul(x, 73856093) ^ Math.imul(y, 19349663) ^ Math.imul(z, 83492791)) & mask;
  for (let i = 0; i < count; i++) {
    const bucket = bucketOf(cellOf(i, 0), cellOf(i, 1), cellOf(i, 2));
    nexts[i] = heads[bucket]!;
    heads[bucket] = i;
  }
  return (i, visit) => {
    const [x, y, z] = [cellOf(i, 0), cellOf(i, 1), cellOf(i, 2)];
    for (let step = 0; step < 27; step++) {
      const bucket = bucketOf(
        x - 1 + (step % 3),
        y - 1 + (Math.floor(step / 3) % 3),
        z - 1 + Math.floor(step / 9),
      );
      for (let j = heads[bucket]!; j !== -1; j = nexts[j]!) {
        const dx = centers[3 * i]! - centers[3 * j]!;
        const dy = centers[3 * i + 1]! - centers[3 * j + 1]!;
        const dz = centers[3 * i + 2]! - centers[3 * j + 2]!;
        if (dx * dx + dy * dy + dz * dz < reach * reach) visit(j);
      }
    }
  };
}
