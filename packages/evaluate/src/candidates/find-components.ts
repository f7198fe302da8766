import type { Voxels } from '@lunet/io';
import { checkProbability } from './check-probability.ts';

/** Which voxels touch: over faces (6), faces and edges (18), or faces, edges and corners (26). */
export type Connectivity = 6 | 18 | 26;

/**
 * The connected components of a volume as runs of voxels along x, in memory order.
 *
 * Run `i` holds the voxels with offsets `starts[i] … ends[i] - 1` (C order, `[z, y, x]`), all in one row, and belongs to
 * component `components[i]`, 0 … `count - 1`; components count in scan order.
 */
export interface Components {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly components: Int32Array;
  readonly count: number;
}

/** Which voxels are taken, and which of them hang together. */
export interface FindComponentsOptions {
  /** A voxel is taken if its probability is above this, in [0, 1). */
  readonly threshold?: number;
  readonly connectivity?: Connectivity;
}

/**
 * Finds the connected components of a probability volume above a threshold, or of a mask.
 *
 * One pass over the voxels collects runs along x; a union-find joins them to the runs of the neighbouring rows passed
 * already (Rosenfeld & Pfaltz 1966, on runs). Time is linear in the voxels, memory in the runs: no volume of labels.
 *
 * @param voxels shape `[z, y, x]`, C-contiguous: probabilities 0 … 1 (float32), or a mask (uint8) in which every voxel
 * that is not 0 is taken, whatever the threshold.
 * @throws {TypeError} if the voxels have not three axes, or are a view that is not C-contiguous.
 * @throws {RangeError} if the threshold is not in [0, 1), or a voxel is not a probability (NaN, infinite, a logit).
 * @example
 * ```ts
 * const voxels = toVoxels(new Float32Array([0.9, 0.8, 0, 0.1, 0, 0.7]), [1, 2, 3]);
 * findComponents(voxels, { connectivity: 6 });
 * // { starts: [0, 5], ends: [2, 6], components: [0, 1], count: 2 }
 * findComponents(voxels, { connectivity: 26 }).count; // 1: voxel 5 touches voxel 1 at a corner
 * ```
 */
export function findComponents(
  voxels: Voxels<Float32Array | Uint8Array>,
  { threshold = 0.5, connectivity = 26 }: FindComponentsOptions = {},
): Components {
  const [depth, height, width] = checkedShape(voxels);
  // Below 0 a component could weigh nothing, and would have no centre.
  if (!(threshold >= 0 && threshold < 1)) {
    throw new RangeError(`Cannot find components above ${threshold}: give a threshold in [0, 1)`);
  }
  const { bits, highest, one } = comparableBits(voxels.data, threshold);
  // Steps that a neighbouring row's run may lie aside, by how many of y and z differ; a negative one: never a neighbour.
  const [besideReach, diagonalReach] = { 6: [0, -1], 18: [1, 0], 26: [1, 1] }[connectivity] as [
    number,
    number,
  ];

  let starts = new Int32Array(1024);
  let ends = new Int32Array(1024);
  let parents = new Int32Array(1024);
  let runs = 0;
  const firstRuns = new Int32Array(depth * height + 1);

  const isAbove = (voxel: number): boolean => {
    checkProbability('find components', voxels, voxel);
    return voxels.data[voxel]! > threshold;
  };

  const find = (run: number): number => {
    let root = run;
    while (parents[root] !== root) {
      // Path halving keeps the trees flat.
      const grandparent = parents[parents[root]!]!;
      parents[root] = grandparent;
      root = grandparent;
    }
    return root;
  };

  /** Joins the runs of `row` to those of an earlier one that they touch. */
  const join = (row: number, earlier: number, reach: number): void => {
    const shift = (row - earlier) * width;
    const lastA = firstRuns[row + 1]!;
    const lastB = firstRuns[earlier + 1]!;
    for (let a = firstRuns[row]!, b = firstRuns[earlier]!; a < lastA && b < lastB; ) {
      const endA = ends[a]!;
      const endB = ends[b]! + shift;
      if (starts[b]! + shift < endA + reach && starts[a]! < endB + reach) {
        const rootA = find(a);
        const rootB = find(b);
        if (rootA < rootB) parents[rootB] = rootA;
        else parents[rootA] = rootB;
      }
      if (endA < endB) a++;
      else b++;
    }
  };

  for (let z = 0, row = 0, voxel = 0; z < depth; z++) {
    for (let y = 0; y < height; y++, row++) {
      const end = voxel + width;
      while (voxel < end) {
        while (voxel < end && bits[voxel]! <= highest) voxel++;
        const start = voxel;
        while (voxel < end && bits[voxel]! > highest && (bits[voxel]! <= one || isAbove(voxel))) voxel++;
        if (voxel === start) {
          // The row's end, or a −0 or rounded-down 0, whose sign bit only looks high.
          if (voxel < end) voxel++;
          continue;
        }
        if (runs === starts.length) {
          starts = grown(starts);
          ends = grown(ends);
          parents = grown(parents);
        }
        starts[runs] = start;
        ends[runs] = voxel;
        parents[runs] = runs;
        runs++;
      }
      firstRuns[row + 1] = runs;
      if (firstRuns[row] === runs) continue;
      if (y > 0) join(row, row - 1, besideReach);
      if (z === 0) continue;
      join(row, row - height, besideReach);
      if (diagonalReach < 0) continue;
      if (y > 0) join(row, row - height - 1, diagonalReach);
      if (y < height - 1) join(row, row - height + 1, diagonalReach);
    }
  }

  // A root is the first run of its component and its runs point backwards, so that one pass numbers them in place.
  let count = 0;
  for (let run = 0; run < runs; run++) {
    const parent = parents[run]!;
    parents[run] = parent === run ? count++ : parents[parent]!;
  }
  return {
    starts: starts.subarray(0, runs),
    ends: ends.subarray(0, runs),
    components: parents.subarray(0, runs),
    count,
  };
}

/**
 * The data as integers that order as the values do, and the highest that is not above the threshold.
 *
 * A float's bits, read as an unsigned integer, order as the floats from 0 up; NaN, infinities and negative ones lie above
 * 1. So one comparison of integers passes over the background, and nothing that is no probability slips through with it.
 */
function comparableBits(
  data: Float32Array | Uint8Array,
  threshold: number,
): { bits: Uint32Array | Uint8Array; highest: number; one: number } {
  if (data instanceof Uint8Array) return { bits: data, highest: 0, one: 255 };
  // −0 + 0 is 0, which has no sign bit.
  const [rounded, one] = new Uint32Array(new Float32Array([threshold + 0, 1]).buffer) as unknown as [
    number,
    number,
  ];
  return {
    bits: new Uint32Array(data.buffer, data.byteOffset, data.length),
    // A float32 is above the threshold just if it is above the next float32 below it.
    highest: Math.fround(threshold) > threshold ? rounded - 1 : rounded,
    one,
  };
}

function checkedShape({ data, shape, stride, offset }: Voxels): [number, number, number] {
  if (shape.length !== 3) {
    throw new TypeError(`Cannot find components: the voxels have shape ${shape.join('x')}, not [z, y, x]`);
  }
  const [depth, height, width] = shape as [number, number, number];
  const expected = [height * width, width, 1];
  const isContiguous = shape.every((n, axis) => n === 1 || stride[axis] === expected[axis]);
  if (!isContiguous || offset !== 0 || depth * height * width !== data.length) {
    throw new TypeError(
      `Cannot find components: strides ${stride.join(',')} from offset ${offset} in ${data.length} voxels are not C order of ${shape.join('x')}; copy the view`,
    );
  }
  return [depth, height, width];
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
