import type { Components } from '../candidates/find-components.ts';
import { countVoxels, overlapByComponent, uniteRuns, type VoxelRuns } from './voxel-runs.ts';

/** How one nodule's prediction compares with its sphere, in voxels. */
export interface Outline {
  readonly truth: number;
  readonly predicted: number;
  /** 2·|truth ∩ predicted| / (|truth| + |predicted|), 0 … 1; 0 if both are empty. */
  readonly dice: number;
}

/**
 * Compares every nodule with its prediction: the voxels of every component that shares a voxel with its sphere, less
 * those that lie in other nodules' spheres only.
 *
 * So where a component runs on into a vessel or the chest wall, all of that is charged to the nodule; a component over
 * two nodules that touch is charged to each of them without the other. What lies outside all spheres is charged to each
 * of the nodules that the component touches. Where spheres overlap, the shared voxels are of both nodules.
 *
 * @param spheres the voxels of each nodule's sphere.
 * @param components of the prediction, on the same grid.
 */
export function measureOutlines(spheres: readonly VoxelRuns[], components: Components): Outline[] {
  // Per component its voxels outside every sphere.
  const outside = new Float64Array(components.count);
  for (let run = 0; run < components.starts.length; run++) {
    outside[components.components[run]!]! += components.ends[run]! - components.starts[run]!;
  }
  for (const [component, voxels] of overlapByComponent(uniteRuns(spheres), components)) {
    outside[component]! -= voxels;
  }
  return spheres.map((sphere) => {
    const truth = countVoxels(sphere);
    let shared = 0;
    let leaked = 0;
    for (const [component, voxels] of overlapByComponent(sphere, components)) {
      shared += voxels;
      leaked += outside[component]!;
    }
    const predicted = shared + leaked;
    return { truth, predicted, dice: shared === 0 ? 0 : (2 * shared) / (truth + predicted) };
  });
}
