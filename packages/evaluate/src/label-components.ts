import type { Voxels } from '@lunet/io';

/** Which voxels touch: over faces (6), faces and edges (18), or faces, edges and corners (26). */
export type Connectivity = 6 | 18 | 26;

/** The connected components of a mask. */
export interface ComponentLabels {
  /** Component of each voxel, in the mask's order: 0 is background, components count from 1 in scan order. */
  readonly labels: Int32Array;
  readonly count: number;
}

/**
 * Labels the connected components of a 3-D mask: every voxel that is not 0 belongs to one.
 *
 * Two passes over the voxels with a union-find between them (Rosenfeld & Pfaltz 1966), so the time is linear in the
 * voxels.
 *
 * @param mask shape `[z, y, x]`, C-contiguous.
 * @throws {TypeError} if the mask has not three axes.
 * @example
 * ```ts
 * const mask = toVoxels(new Uint8Array([1, 0, 0, 1]), [1, 2, 2]); // two voxels that touch at a corner
 * labelComponents(mask, 6).count; // 2
 * labelComponents(mask, 26).count; // 1
 * ```
 */
export function labelComponents(mask: Voxels<Uint8Array>, connectivity: Connectivity = 26): ComponentLabels {
  const [depth, height, width] = mask.shape;
  if (mask.shape.length !== 3 || depth === undefined || height === undefined || width === undefined) {
    throw new TypeError(`Cannot label components: the mask has shape ${mask.shape.join('x')}, not [z, y, x]`);
  }
  const { data } = mask;
  const labels = new Int32Array(data.length);
  const neighbours = precedingNeighbours(connectivity, width, height);
  let parents = new Int32Array(1024);
  let next = 1;

  const find = (label: number): number => {
    let root = label;
    while (parents[root] !== root) {
      // Path halving keeps the trees flat.
      const grandparent = parents[parents[root]!]!;
      parents[root] = grandparent;
      root = grandparent;
    }
    return root;
  };

  for (let z = 0, voxel = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, voxel++) {
        if (data[voxel] === 0) continue;
        let label = 0;
        for (const { dx, dy, dz, offset } of neighbours) {
          const nx = x + dx;
          const ny = y + dy;
          if (nx < 0 || nx >= width || ny < 0 || ny >= height || z + dz < 0) continue;
          const neighbour = labels[voxel + offset]!;
          if (neighbour === 0 || neighbour === label) continue;
          if (label === 0) {
            label = neighbour;
            continue;
          }
          const a = find(label);
          const b = find(neighbour);
          if (a < b) parents[b] = a;
          else parents[a] = b;
        }
        if (label === 0) {
          label = next++;
          if (label === parents.length) parents = grown(parents);
          parents[label] = label;
        }
        labels[voxel] = label;
      }
    }
  }

  // A root is the smallest label of its component, so numbering in label order numbers in scan order.
  const numbers = new Int32Array(next);
  let count = 0;
  for (let label = 1; label < next; label++) {
    const root = find(label);
    numbers[label] = root === label ? ++count : numbers[root]!;
  }
  for (let voxel = 0; voxel < labels.length; voxel++) labels[voxel] = numbers[labels[voxel]!]!;
  return { labels, count };
}

interface Neighbour {
  readonly dx: number;
  readonly dy: number;
  readonly dz: number;
  readonly offset: number;
}

/** The half of the neighbourhood that a scan in memory order has passed already. */
function precedingNeighbours(connectivity: Connectivity, width: number, height: number): Neighbour[] {
  const steps = { 6: 1, 18: 2, 26: 3 }[connectivity];
  const neighbours: Neighbour[] = [];
  for (let dz = -1; dz <= 0; dz++) {
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        const offset = (dz * height + dy) * width + dx;
        const precedes = dz < 0 || dy < 0 || (dy === 0 && dx < 0);
        if (!precedes || (dz === 0 && dy > 0)) continue;
        if (Math.abs(dx) + Math.abs(dy) + Math.abs(dz) <= steps) neighbours.push({ dx, dy, dz, offset });
      }
    }
  }
  return neighbours;
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
