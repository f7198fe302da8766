import type { Geometry, Matrix3 } from '@lunet/io';
import fc from 'fast-check';

/** Rotation about z, then y, then x, in radians. */
export function rotation(x: number, y: number, z: number): Matrix3 {
  const [cx, sx, cy, sy, cz, sz] = [x, y, z].flatMap((angle) => [Math.cos(angle), Math.sin(angle)]) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return [
    cy * cz,
    -cy * sz,
    sy,
    cx * sz + sx * sy * cz,
    cx * cz - sx * sy * sz,
    -sx * cy,
    sx * sz - cx * sy * cz,
    sx * cz + cx * sy * sz,
    cx * cy,
  ];
}

const angle = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });
const sign = fc.constantFrom(1, -1);
const step = fc.double({ min: 0.4, max: 2.5, noNaN: true });
const place = fc.double({ min: -300, max: 300, noNaN: true });
const count = fc.integer({ min: 1, max: 9 });

/** Small grids with any spacing and any orthonormal direction, mirrored ones too. */
export const anyGeometry: fc.Arbitrary<Geometry> = fc
  .record({
    size: fc.tuple(count, count, count),
    spacing: fc.tuple(step, step, step),
    origin: fc.tuple(place, place, place),
    angles: fc.tuple(angle, angle, angle),
    mirror: fc.tuple(sign, sign, sign),
  })
  .map(({ size, spacing, origin, angles, mirror }) => ({
    size,
    spacing,
    origin,
    direction: rotation(...angles).map((value, i) => value * mirror[i % 3]!) as unknown as Matrix3,
  }));
