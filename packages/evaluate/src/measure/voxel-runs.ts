import type { Geometry } from '@lunet/io';
import { type Sphere, visitSphere } from '@lunet/masks';
import type { Components } from '../candidates/find-components.ts';

/** Voxels as `[start, end)` offsets in C order, flat: start, end, start, end, …; ascending, no two overlap. */
export type VoxelRuns = readonly number[];

/** The voxels of a sphere, as `rasterizeSpheres` has them. */
export function sphereRuns(geometry: Geometry, sphere: Sphere): VoxelRuns {
  const [columns, rows] = geometry.size;
  const runs: number[] = [];
  visitSphere(geometry, sphere, (z, y, xStart, xEnd) => {
    const row = (z * rows + y) * columns;
    runs.push(row + xStart, row + xEnd);
  });
  return runs;
}

/** The voxels that are in any of some runs; a run still ends with its row, so that none goes on into the next slice. */
export function uniteRuns(all: readonly VoxelRuns[]): VoxelRuns {
  const pairs: [start: number, end: number][] = [];
  for (const runs of all) {
    for (let i = 0; i < runs.length; i += 2) pairs.push([runs[i]!, runs[i + 1]!]);
  }
  pairs.sort(([a], [b]) => a - b);
  const united: number[] = [];
  for (const [start, end] of pairs) {
    const last = united.length - 1;
    if (last >= 0 && start < united[last]!) united[last] = Math.max(united[last]!, end);
    else united.push(start, end);
  }
  return united;
}

/** How many voxels are in the runs. */
export function countVoxels(runs: VoxelRuns): number {
  let voxels = 0;
  for (let i = 0; i < runs.length; i += 2) voxels += runs[i + 1]! - runs[i]!;
  return voxels;
}

/** How many of the runs' voxels belong to which component; components that share none have no entry. */
export function overlapByComponent(
  runs: VoxelRuns,
  { starts, ends, components }: Components,
): Map<number, number> {
  const overlaps = new Map<number, number>();
  for (let i = 0; i < runs.length; i += 2) {
    const start = runs[i]!;
    const end = runs[i + 1]!;
    let run = 0;
    for (let high = ends.length; run < high; ) {
      const middle = (run + high) >>> 1;
      if (ends[middle]! <= start) run = middle + 1;
      else high = middle;
    }
    for (; run < starts.length && starts[run]! < end; run++) {
      const shared = Math.min(end, ends[run]!) - Math.max(start, starts[run]!);
      const component = components[run]!;
      overlaps.set(component, (overlaps.get(component) ?? 0) + shared);
    }
  }
  return overlaps;
}
