import type { Geometry } from '@lunet/io';
import type { ComponentSums } from './measure-components.ts';

/**
 * How like a ball a component is: the mean squared distance to its centre that a ball of its volume has (3/5 of the
 * squared radius), over its own; in mm, the voxels being boxes.
 *
 * No shape has a smaller mean squared distance than the ball, so it lies in (0, 1]: 1 for a ball, 0.92 for a cube, and the
 * less the longer, flatter or more branched the component is (Žunić, Hirota & Martinez-Ortiz, Compactness measure for 3D
 * shapes, 2012).
 */
export function roundness(
  { spacing }: Geometry,
  { voxels, places, squares }: ComponentSums,
  component: number,
): number {
  const n = voxels[component]!;
  let volume = n;
  let meanSquare = 0;
  for (let axis = 0; axis < 3; axis++) {
    const mm = spacing[axis]!;
    const mean = places[3 * component + axis]! / n;
    // 1/12 is the variance within a voxel of width 1.
    meanSquare += mm * mm * (squares[3 * component + axis]! / n - mean * mean + 1 / 12);
    volume *= mm;
  }
  const radius = Math.cbrt((3 * volume) / (4 * Math.PI));
  return (0.6 * radius * radius) / meanSquare;
}
