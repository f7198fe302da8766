import { toVoxels } from '@lunet/io';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Connectivity, labelComponents } from '../src/index.ts';

const mask = (values: number[], shape: number[]) => toVoxels(new Uint8Array(values), shape);

/** Flood fill in scan order: slow, and right at a glance. */
function floodFill(data: ArrayLike<number>, [depth, height, width]: [number, number, number], steps: number) {
  const labels = new Int32Array(data.length);
  let count = 0;
  for (let seed = 0; seed < data.length; seed++) {
    if (data[seed] === 0 || labels[seed] !== 0) continue;
    labels[seed] = ++count;
    const stack = [seed];
    for (let voxel = stack.pop(); voxel !== undefined; voxel = stack.pop()) {
      const x = voxel % width;
      const y = Math.floor(voxel / width) % height;
      const z = Math.floor(voxel / (width * height));
      for (let dz = -1; dz <= 1; dz++)
        for (let dy = -1; dy <= 1; dy++)
          for (let dx = -1; dx <= 1; dx++) {
            if (Math.abs(dx) + Math.abs(dy) + Math.abs(dz) > steps) continue;
            const [nx, ny, nz] = [x + dx, y + dy, z + dz];
            if (nx < 0 || ny < 0 || nz < 0 || nx >= width || ny >= height || nz >= depth) continue;
            const neighbour = (nz * height + ny) * width + nx;
            if (data[neighbour] === 0 || labels[neighbour] !== 0) continue;
            labels[neighbour] = count;
            stack.push(neighbour);
          }
    }
  }
  return { labels, count };
}

describe('labelComponents', () => {
  it('tells faces, edges and corners apart', () => {
    const corner = mask([1, 0, 0, 0, 0, 0, 0, 1], [2, 2, 2]);
    expect([6, 18, 26].map((c) => labelComponents(corner, c as Connectivity).count)).toEqual([2, 2, 1]);
    const edge = mask([1, 0, 0, 1], [1, 2, 2]);
    expect([6, 18, 26].map((c) => labelComponents(edge, c as Connectivity).count)).toEqual([2, 1, 1]);
  });

  it('joins the arms of a U, whose labels meet late', () => {
    const { labels, count } = labelComponents(mask([1, 0, 1, 1, 0, 1, 1, 1, 1], [1, 3, 3]), 6);
    expect(count).toBe(1);
    expect([...labels]).toEqual([1, 0, 1, 1, 0, 1, 1, 1, 1]);
  });

  it('does not join voxels over the end of a row', () => {
    expect(labelComponents(mask([0, 0, 1, 1, 0, 0], [1, 2, 3]), 26).count).toBe(2);
  });

  it('numbers more components than its first table holds', () => {
    const checkers = Array.from({ length: 64 * 64 }, (_, i) => (i + Math.floor(i / 64)) % 2);
    expect(labelComponents(mask(checkers, [1, 64, 64]), 6).count).toBe(2048);
  });

  it('equals a flood fill on random masks', () => {
    const shape = fc.tuple(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 6 }),
    );
    const random = shape.chain(([z, y, x]) =>
      fc.record({
        shape: fc.constant([z, y, x] as [number, number, number]),
        data: fc.array(fc.constantFrom(0, 1), { minLength: z * y * x, maxLength: z * y * x }),
        connectivity: fc.constantFrom<Connectivity>(6, 18, 26),
      }),
    );
    fc.assert(
      fc.property(random, ({ shape, data, connectivity }) => {
        const expected = floodFill(data, shape, { 6: 1, 18: 2, 26: 3 }[connectivity]);
        expect(labelComponents(mask(data, shape), connectivity)).toEqual(expected);
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  it('refuses a mask that is not 3-D', () => {
    expect(() => labelComponents(mask([1], [1, 1]))).toThrow('shape 1x1, not [z, y, x]');
  });
});
