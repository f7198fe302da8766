import type { Geometry } from '@lunet/io';

/** A direction along a volume's grid: an axis, 0 x, 1 y, 2 z, and whether it runs up or down that axis. */
interface GridDirection {
  readonly axis: 0 | 1 | 2;
  readonly sign: 1 | -1;
}

/** How a plane of voxels lies on the screen. */
export interface DisplayPlane {
  readonly name: PlaneName;
  /** The direction in the volume that runs to the right on the screen. */
  readonly right: GridDirection;
  readonly down: GridDirection;
  /** What lies at the edges, of R L A P S I: right, left, anterior, posterior, superior, inferior. */
  readonly labels: {
    readonly left: string;
    readonly right: string;
    readonly top: string;
    readonly bottom: string;
  };
}

export type PlaneName = 'axial' | 'coronal' | 'sagittal';

type Axis = 0 | 1 | 2;

/** Which of a volume's axes goes with which world axis, in all ways. */
const assignments: readonly (readonly [Axis, Axis, Axis])[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

/**
 * How a volume's grid is shown as radiologists expect it: the patient's right on the left of the screen in axial and
 * coronal planes, anterior up in axial and on the left in sagittal ones, the head up in the others.
 *
 * Each axis of the grid stands for the world axis that it is closest to, so an oblique volume is shown along its own
 * axes and no voxel is resampled.
 *
 * @example
 * ```ts
 * const geometry = { size: [9, 9, 9], spacing: [1, 1, 1], origin: [0, 0, 0], direction: [-1, 0, 0, 0, -1, 0, 0, 0, 1] };
 * displayPlanes(geometry)[0].right; // { axis: 0, sign: -1 }: x runs to the patient's right, the screen to his left
 * ```
 */
export function displayPlanes({ direction }: Geometry): readonly DisplayPlane[] {
  const cosine = (world: number, axis: Axis) => direction[world * 3 + axis]!;
  const closeness = (axes: readonly [Axis, Axis, Axis]) =>
    axes.reduce<number>((sum, axis, world) => sum + Math.abs(cosine(world, axis)), 0);
  const axes = assignments.reduce((best, next) => (closeness(next) > closeness(best) ? next : best));
  const along = (world: Axis, towards: 1 | -1): GridDirection => {
    const axis = axes[world];
    return { axis, sign: cosine(world, axis) * towards < 0 ? -1 : 1 };
  };
  const [left, posterior, inferior] = [along(0, 1), along(1, 1), along(2, -1)];
  return [
    {
      name: 'axial',
      right: left,
      down: posterior,
      labels: { left: 'R', right: 'L', top: 'A', bottom: 'P' },
    },
    {
      name: 'coronal',
      right: left,
      down: inferior,
      labels: { left: 'R', right: 'L', top: 'S', bottom: 'I' },
    },
    {
      name: 'sagittal',
      right: posterior,
      down: inferior,
      labels: { left: 'A', right: 'P', top: 'S', bottom: 'I' },
    },
  ];
}
