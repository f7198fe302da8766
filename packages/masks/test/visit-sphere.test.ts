import { type Geometry, identityDirection, indexToWorld } from '@lunet/io';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rasterizeSpheres, type Sphere, visitSphere } from '../src/index.ts';
import { anyGeometry } from './any-geometry.ts';

const anySphere = fc.record({
  place: fc.tuple(
    fc.double({ min: -0.2, max: 1.2, noNaN: true }),
    fc.double({ min: -0.2, max: 1.2, noNaN: true }),
  ),
  diameterMm: fc.double({ min: 0.1, max: 12, noNaN: true }),
});

function runsOf(geometry: Geometry, sphere: Sphere): [start: number, end: number][] {
  const [columns, rows] = geometry.size;
  const runs: [number, number][] = [];
  visitSphere(geometry, sphere, (z, y, xStart, xEnd) => {
    const row = (z * rows + y) * columns;
    runs.push([row + xStart, row + xEnd]);
  });
  return runs;
}

describe('visitSphere', () => {
  it('has the values of its example', () => {
    const geometry: Geometry = {
      size: [5, 5, 5],
      spacing: [1, 1, 1],
      origin: [0, 0, 0],
      direction: identityDirection,
    };
    const runs = runsOf(geometry, { centerWorld: [2, 2, 2], diameterMm: 2 });
    expect(runs.reduce((voxels, [start, end]) => voxels + end - start, 0)).toBe(7);
  });

  it('visits the voxels that rasterizeSpheres fills, each once and in memory order', () => {
    fc.assert(
      fc.property(anyGeometry, anySphere, (geometry, { place: [u, v], diameterMm }) => {
        const [columns, rows, depth] = geometry.size;
        const sphere = {
          centerWorld: indexToWorld(geometry, [u * columns, v * rows, u * depth]),
          diameterMm,
        };
        const visited: number[] = [];
        for (const [start, end] of runsOf(geometry, sphere)) {
          for (let voxel = start; voxel < end; voxel++) visited.push(voxel);
        }
        const filled = rasterizeSpheres(geometry, [sphere]).voxels.data;
        expect(visited).toEqual([...filled.keys()].filter((voxel) => filled[voxel] === 1));
      }),
      { numRuns: 50 },
    );
  });
});
