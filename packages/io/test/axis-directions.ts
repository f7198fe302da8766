import type { Matrix3 } from '../src/index.ts';

const permutations = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

/** The 48 directions whose axes run along the patient's: every permutation with every flip. */
export const axisDirections: Matrix3[] = permutations.flatMap((permutation) =>
  [0, 1, 2, 3, 4, 5, 6, 7].map((flips) => {
    const m = Array.from({ length: 9 }, () => 0);
    for (let axis = 0; axis < 3; axis++) m[permutation[axis]! * 3 + axis] = (flips >> axis) & 1 ? -1 : 1;
    return m as unknown as Matrix3;
  }),
);

/** The rotation by a unit quaternion made of any four numbers: an oblique direction. */
export function rotation([a, b, c, d]: readonly [number, number, number, number]): Matrix3 {
  const norm = Math.hypot(a, b, c, d) || 1;
  const [w, x, y, z] = [a / norm, b / norm, c / norm, d / norm];
  return [
    1 - 2 * (y * y + z * z),
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    2 * (x * y + w * z),
    1 - 2 * (x * x + z * z),
    2 * (y * z - w * x),
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    1 - 2 * (x * x + y * y),
  ];
}
