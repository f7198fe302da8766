import type { Components } from '../src/index.ts';

/** The component of each voxel, counted from 1; 0 is background. */
export function componentLabels({ starts, ends, components }: Components, voxels: number): number[] {
  const labels = new Int32Array(voxels);
  for (const [run, component] of components.entries()) labels.fill(component + 1, starts[run], ends[run]);
  return [...labels];
}
