import { type Geometry, identityDirection, indexToWorld, type Matrix3, type World } from '@lunet/io';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rasterizeSpheres, type Sphere } from '../src/index.ts';
import { anyGeometry, rotation } from './any-geometry.ts';

const unit: Geometry = {
  size: [5, 5, 5],
  spacing: [1, 1, 1],
  origin: [0, 0, 0],
  direction: identityDirection,
};

/** Tests every voxel by its distance in mm; the margin tells where rounding may decide either way. */
function bruteForce(
  geometry: Geometry,
  spheres: readonly Sphere[],
): { inside: Uint8Array; unsure: Uint8Array } {
  const [columns, rows, depth] = geometry.size;
  const inside = new Uint8Array(columns * rows * depth);
  const unsure = new Uint8Array(inside.length);
  for (const { centerWorld, diameterMm } of spheres) {
    let nearest = -1;
    let nearestDistance = Number.POSITIVE_INFINITY;
    let empty = true;
    for (let i = 0; i < inside.length; i++) {
      const index = [i % columns, Math.floor(i / columns) % rows, Math.floor(i / (columns * rows))] as const;
      const world = indexToWorld(geometry, index);
      const distance = Math.hypot(...world.map((value, axis) => value - centerWorld[axis]!));
      if (Math.abs(distance - diameterMm / 2) < 1e-9) unsure[i] = 1;
      if (distance <= diameterMm / 2) {
        inside[i] = 1;
        empty = false;
      }
      if (distance < nearestDistance) {
        nearestDistance = distance;
        nearest = i;
      }
    }
    if (empty) inside[nearest] = 1;
  }
  return { inside, unsure };
}

/** Geometries, and spheres whose centres lie in the volume, down to far less than a voxel. */
const scene = anyGeometry.chain((geometry) =>
  fc.record({
    geometry: fc.constant(geometry),
    spheres: fc.array(
      fc.record({
        centerWorld: fc
          .tuple(...geometry.size.map((n) => fc.double({ min: -0.49, max: n - 0.51, noNaN: true })))
          .map((index) => indexToWorld(geometry, index as [number, number, number])),
        diameterMm: fc.double({ min: 0.01, max: 12, noNaN: true }),
      }),
      { maxLength: 3 },
    ),
  }),
);

describe('rasterizeSpheres', () => {
  test('draws the example: a voxel and its six neighbours', () => {
    const mask = rasterizeSpheres(unit, [{ centerWorld: [2, 2, 2], diameterMm: 2 }]);
    expect(mask.voxels.shape).toEqual([5, 5, 5]);
    expect(mask.voxels.data.reduce((sum, value) => sum + value, 0)).toBe(7);
    expect([...mask.voxels.data.subarray(50, 75)]).toEqual(
      [
        [0, 0, 0, 0, 0],
        [0, 0, 1, 0, 0],
        [0, 1, 1, 1, 0],
        [0, 0, 1, 0, 0],
        [0, 0, 0, 0, 0],
      ].flat(),
    );
  });

  test('agrees with the distance of every voxel, for any spacing and orthonormal direction', () => {
    fc.assert(
      fc.property(scene, ({ geometry, spheres }) => {
        const { inside, unsure } = bruteForce(geometry, spheres);
        const { data } = rasterizeSpheres(geometry, spheres).voxels;
        for (let i = 0; i < data.length; i++) {
          if (!unsure[i]) expect(data[i], `voxel ${i}`).toBe(inside[i]);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('agrees with the distance of every voxel under a sheared direction', () => {
    const sheared: Geometry = { ...unit, size: [9, 9, 9], direction: [1, 0.3, 0, 0, 1, 0.2, 0, 0, 1] };
    const spheres = [{ centerWorld: indexToWorld(sheared, [4.1, 3.8, 4.3]), diameterMm: 5.3 }];
    expect(rasterizeSpheres(sheared, spheres).voxels.data).toEqual(bruteForce(sheared, spheres).inside);
  });

  test('has the volume π d³ / 6', () => {
    const direction: Matrix3 = rotation(0.4, 1.1, -0.7);
    const geometry: Geometry = {
      size: [90, 80, 60],
      spacing: [0.6, 0.7, 0.9],
      origin: [-30, 12, 7],
      direction,
    };
    const centerWorld = indexToWorld(geometry, [45.3, 40.8, 30.1]);
    for (const diameterMm of [10, 20, 40]) {
      const { data } = rasterizeSpheres(geometry, [{ centerWorld, diameterMm }]).voxels;
      const volume = data.reduce((sum, value) => sum + value, 0) * 0.6 * 0.7 * 0.9;
      // The error of counting voxels shrinks with the diameter; 1 % holds from ~14 voxels across.
      expect(Math.abs(volume / ((Math.PI * diameterMm ** 3) / 6) - 1)).toBeLessThan(0.01);
    }
  });

  test('clips at every border instead of wrapping round', () => {
    const corners: World[] = [0, 4].flatMap((x) =>
      [0, 4].flatMap((y) => [0, 4].map((z): World => [x, y, z])),
    );
    for (const centerWorld of corners) {
      const { data } = rasterizeSpheres(unit, [{ centerWorld, diameterMm: 2 }]).voxels;
      expect(data.reduce((sum, value) => sum + value, 0)).toBe(4);
      expect(data[(centerWorld[2] * 5 + centerWorld[1]) * 5 + centerWorld[0]]).toBe(1);
    }
  });

  test('draws the part inside of a sphere whose centre lies outside, and nothing of one that misses', () => {
    const count = (centerWorld: World, diameterMm: number): number =>
      rasterizeSpheres(unit, [{ centerWorld, diameterMm }]).voxels.data.reduce(
        (sum, value) => sum + value,
        0,
      );
    expect(count([-1, 2, 2], 2)).toBe(1);
    expect(count([-1, 2, 2], 1)).toBe(0);
    expect(count([-0.6, 2, 2], 0.1)).toBe(0);
    expect(count([-0.4, 2, 2], 0.1)).toBe(1);
  });

  test('gives the nearest voxel to a sphere smaller than a voxel', () => {
    const { voxels } = rasterizeSpheres(unit, [{ centerWorld: [1.4, 2.6, 3.4], diameterMm: 0.01 }]);
    expect(voxels.get(3, 3, 1)).toBe(1);
    expect(voxels.data.reduce((sum, value) => sum + value, 0)).toBe(1);
  });

  test('gives with `slices` the slab of the whole mask', () => {
    fc.assert(
      fc.property(scene, fc.nat(), fc.nat(), ({ geometry, spheres }, a, b) => {
        const [columns, rows, depth] = geometry.size;
        const start = a % depth;
        const end = start + 1 + (b % (depth - start));
        const slab = rasterizeSpheres(geometry, spheres, { slices: [start, end] });
        const whole = rasterizeSpheres(geometry, spheres);
        expect(slab.voxels.shape).toEqual([end - start, rows, columns]);
        expect(slab.voxels.data).toEqual(
          whole.voxels.data.subarray(start * rows * columns, end * rows * columns),
        );
        expect(slab.geometry.size).toEqual([columns, rows, end - start]);
        const origin = indexToWorld(geometry, [0, 0, start]);
        slab.geometry.origin.forEach((value, axis) => {
          expect(value).toBeCloseTo(origin[axis]!, 9);
        });
      }),
      { numRuns: 50 },
    );
  });

  test('numbers instances in the order given, the smaller on top', () => {
    const spheres: Sphere[] = [
      { centerWorld: [1, 2, 2], diameterMm: 0.5 },
      { centerWorld: [2, 2, 2], diameterMm: 2 },
    ];
    const { data } = rasterizeSpheres(unit, spheres, { instances: true, slices: [2, 3] }).voxels;
    expect(data).toBeInstanceOf(Uint16Array);
    expect([...data]).toEqual(
      [
        [0, 0, 0, 0, 0],
        [0, 0, 2, 0, 0],
        [0, 1, 2, 2, 0],
        [0, 0, 2, 0, 0],
        [0, 0, 0, 0, 0],
      ].flat(),
    );
  });

  test('costs as much as its spheres, not as the volume', () => {
    const nodule: Sphere = { centerWorld: [150, 150, 100], diameterMm: 30 };
    const time = (columns: number): number => {
      const geometry: Geometry = { ...unit, size: [columns, 400, 300], spacing: [0.7, 0.7, 1] };
      const runs = Array.from({ length: 9 }, () => {
        const start = performance.now();
        rasterizeSpheres(geometry, [nodule], { slices: [85, 86] });
        return performance.now() - start;
      });
      return Math.min(...runs);
    };
    time(400);
    // A loop over the 120 million voxels of the larger volume would take 100 ms and more.
    expect(time(1000)).toBeLessThan(20);
  });

  test('throws on what cannot be drawn', () => {
    const sphere: Sphere = { centerWorld: [2, 2, 2], diameterMm: 2 };
    const draw = (bad: Partial<Sphere>) => () => rasterizeSpheres(unit, [{ ...sphere, ...bad }]);
    expect(draw({ diameterMm: -1 })).toThrow(
      new RangeError('Cannot rasterize sphere at (2, 2, 2): diameterMm is -1, expected more than 0 mm'),
    );
    for (const diameterMm of [0, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(draw({ diameterMm })).toThrow(RangeError);
    }
    expect(draw({ centerWorld: [2, Number.NaN, 2] })).toThrow(/centerWorld is \(2, NaN, 2\)/);
    expect(() => rasterizeSpheres({ ...unit, spacing: [1, 1, 0] }, [sphere])).toThrow(/spans no volume/);
    for (const slices of [
      [0, 6],
      [-1, 2],
      [2, 2],
      [0.5, 2],
    ] as const) {
      expect(() => rasterizeSpheres(unit, [sphere], { slices })).toThrow(RangeError);
    }
    const many = Array.from({ length: 65_536 }, () => sphere);
    expect(() => rasterizeSpheres(unit, many, { instances: true })).toThrow(/65536 spheres/);
  });
});
