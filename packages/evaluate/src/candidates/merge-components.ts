import { type Index, indexToWorld, type Volume } from '@lunet/io';
import type { Components } from './find-components.ts';
import { measureComponents } from './measure-components.ts';
import { orderDescending } from './order-descending.ts';

/**
 * Merges components that lie close together, such as the pieces of a nodule that the prediction broke up.
 *
 * The heaviest component (highest sum of probabilities as float32; of equal ones the first in scan order) takes in every
 * one whose centre lies closer than `withinMm` to its own, then the heaviest of the rest, and so on. Centres are weighted
 * by probability and stay where they are while components are taken in, so that no chain of pieces, such as those of a
 * vessel, grows beyond that distance. Time is linear in the components but for sorting them.
 *
 * @returns the same runs with merged components, in scan order.
 */
export function mergeComponents(
  { geometry, voxels }: Volume<Float32Array | Uint8Array>,
  found: Components,
  withinMm: number,
): Components {
  const { count } = found;
  const { weights, moments } = measureComponents(voxels, found);
  const centers = new Float64Array(3 * count);
  for (let i = 0, at = 0; i < count; i++, at += 3) {
    const weight = weights[i]!;
    const index: Index = [moments[at]! / weight, moments[at + 1]! / weight, moments[at + 2]! / weight];
    centers.set(indexToWorld(geometry, index), at);
  }
  const takers = takeNeighbours(centers, orderDescending(Float32Array.from(weights)), withinMm);

  const numbers = new Int32Array(count).fill(-1);
  let merged = 0;
  for (const taker of takers) {
    if (numbers[taker] === -1) numbers[taker] = merged++;
  }
  const components = found.components.map((component) => numbers[takers[component]!]!);
  return { ...found, components, count: merged };
}

/**
 * Lets each point in turn, if none has taken it, take those closer than `reach` that none has taken.
 *
 * Points are hashed into cubic cells of that width, so that the near ones lie in 27 of them; the takers lie apart, so that
 * a cell is near to a bounded number of them.
 *
 * @returns by whom each point is taken; takers by themselves.
 */
function takeNeighbours(centers: Float64Array, order: Uint32Array, reach: number): Int32Array {
  const count = order.length;
  const mask = 2 ** Math.ceil(Math.log2(count + 1)) - 1;
  const cells = centers.map((mm) => Math.floor(mm / reach));
  const heads = new Int32Array(mask + 1).fill(-1);
  const nexts = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const bucket = hash(cells[3 * i]!, cells[3 * i + 1]!, cells[3 * i + 2]!) & mask;
    nexts[i] = heads[bucket]!;
    heads[bucket] = i;
  }
  const takers = new Int32Array(count).fill(-1);
  for (const taker of order) {
    if (takers[taker] !== -1) continue;
    takers[taker] = taker;
    const at = 3 * taker;
    for (let step = 0; step < 27; step++) {
      const x = cells[at]! + (step % 3) - 1;
      const y = cells[at + 1]! + (Math.floor(step / 3) % 3) - 1;
      const z = cells[at + 2]! + Math.floor(step / 9) - 1;
      for (let other = heads[hash(x, y, z) & mask]!; other !== -1; other = nexts[other]!) {
        if (takers[other] !== -1) continue;
        const dx = centers[at]! - centers[3 * other]!;
        const dy = centers[at + 1]! - centers[3 * other + 1]!;
        const dz = centers[at + 2]! - centers[3 * other + 2]!;
        if (dx * dx + dy * dy + dz * dz < reach * reach) takers[other] = taker;
      }
    }
  }
  return takers;
}

/** Teschner et al., Optimized Spatial Hashing for Collision Detection of Deformable Objects, 2003. */
function hash(x: number, y: number, z: number): number {
  return Math.imul(x, 73856093) ^ Math.imul(y, 19349663) ^ Math.imul(z, 83492791);
}
