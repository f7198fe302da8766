import { toVoxels, type Voxels } from '@lunet/io';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Components, type Connectivity, findComponents } from '../src/index.ts';
import { componentLabels } from './component-labels.ts';

type Shape = [depth: number, height: number, width: number];
const float = (values: number[], shape: Shape) => toVoxels(new Float32Array(values), shape);
const plain = ({ starts, ends, components, count }: Components) => ({
  starts: [...starts],
  ends: [...ends],
  components: [...components],
  count,
});

/** Probabilities in eighths, with a shape. */
const volumes = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 6 }))
  .chain((shape) =>
    fc.record({
      shape: fc.constant(shape as Shape),
      values: fc.array(
        fc.integer({ min: 0, max: 8 }).map((n) => n / 8),
        { minLength: shape[0] * shape[1] * shape[2], maxLength: shape[0] * shape[1] * shape[2] },
      ),
      threshold: fc.constantFrom(0.25, 0.5, 0.7),
      connectivity: fc.constantFrom<Connectivity>(6, 18, 26),
    }),
  );

describe('findComponents', () => {
  it('has the values of its example', () => {
    const voxels = float([0.9, 0.8, 0, 0.1, 0, 0.7], [1, 2, 3]);
    expect(plain(findComponents(voxels, { connectivity: 6 }))).toEqual({
      starts: [0, 5],
      ends: [2, 6],
      components: [0, 1],
      count: 2,
    });
    expect(findComponents(voxels, { connectivity: 26 }).count).toBe(1);
  });

  it('takes a threshold of -0 as 0', () => {
    expect(plain(findComponents(float([0, 0.5, 0], [1, 1, 3]), { threshold: -0 }))).toMatchObject({
      starts: [1],
      ends: [2],
    });
  });

  it('tells faces, edges and corners apart', () => {
    const counts = (values: number[], shape: Shape) =>
      ([6, 18, 26] as const).map(
        (connectivity) => findComponents(float(values, shape), { connectivity }).count,
      );
    expect(counts([1, 0, 0, 0, 0, 0, 0, 1], [2, 2, 2])).toEqual([2, 2, 1]);
    expect(counts([1, 0, 0, 1], [1, 2, 2])).toEqual([2, 1, 1]);
  });

  it('joins the arms of a U, which meet late', () => {
    const found = findComponents(float([1, 0, 1, 1, 0, 1, 1, 1, 1], [1, 3, 3]), { connectivity: 6 });
    expect(componentLabels(found, 9)).toEqual([1, 0, 1, 1, 0, 1, 1, 1, 1]);
  });

  it('ends a run with its row, and does not join it to the next over the edge', () => {
    const voxels = float([0, 0, 1, 1, 0, 0], [1, 2, 3]);
    expect(plain(findComponents(voxels))).toMatchObject({ starts: [2, 3], ends: [3, 4], count: 2 });
    expect(plain(findComponents(float([1, 1, 1, 1], [2, 1, 2])))).toMatchObject({ starts: [0, 2], count: 1 });
  });

  it('takes what is strictly above the threshold, to the last bit', () => {
    const above = (value: number, threshold: number) =>
      findComponents(float([value], [1, 1, 1]), { threshold }).count === 1;
    const next = 0.5 + 2 ** -24;
    expect([above(0.5, 0.5), above(next, 0.5)]).toEqual([false, true]);
    // 0.7 is no float32: the nearest one lies below it, that of 0.1 above.
    expect([above(0.7, 0.7), Math.fround(0.7) > 0.7]).toEqual([false, false]);
    expect([above(0.1, 0.1), Math.fround(0.1) > 0.1]).toEqual([true, true]);
    expect([above(0, 0), above(1e-45, 0), above(1, 1 - 2 ** -53)]).toEqual([false, true, true]);
  });

  it('takes −0 and what rounding made of 0 and 1 for these', () => {
    const voxels = float([1 + 5e-7, -0, 1, -5e-7, 0.9, 0], [1, 1, 6]);
    expect(plain(findComponents(voxels))).toMatchObject({ starts: [0, 2, 4], ends: [1, 3, 5], count: 3 });
  });

  it.each([NaN, Infinity, -Infinity, 1.5, -0.25])('names a voxel that is %d', (value) => {
    const voxels = float(new Array(24).fill(0), [2, 3, 4]);
    voxels.data[23] = value;
    expect(() => findComponents(voxels)).toThrow(
      `voxel 3,2,1 (x,y,z) of the prediction is ${value}, not a probability`,
    );
    expect(() => findComponents(voxels)).toThrow(RangeError);
  });

  it('names a NaN of either sign', () => {
    const voxels = float([0, 0], [1, 1, 2]);
    for (const bits of [0x7fc00000, 0xffc00000]) {
      new Uint32Array(voxels.data.buffer)[1] = bits;
      expect(() => findComponents(voxels)).toThrow('voxel 1,0,0 (x,y,z) of the prediction is NaN');
    }
  });

  it('takes every voxel of a mask that is not 0, whatever the threshold', () => {
    const mask = toVoxels(new Uint8Array([1, 0, 255, 2, 0, 1]), [1, 1, 6]);
    expect(plain(findComponents(mask, { threshold: 0.9 }))).toMatchObject({
      starts: [0, 2, 5],
      ends: [1, 4, 6],
    });
  });

  it('finds nothing in an empty volume', () => {
    expect(findComponents(float([], [0, 4, 4])).count).toBe(0);
    expect(findComponents(float([], [2, 3, 0])).count).toBe(0);
  });

  it('grows beyond its first 1024 runs', () => {
    const checkers = Array.from({ length: 64 * 64 }, (_, i) => (i + Math.floor(i / 64)) % 2);
    expect(findComponents(float(checkers, [1, 64, 64]), { connectivity: 6 }).count).toBe(2048);
    expect(findComponents(float(checkers, [1, 64, 64]), { connectivity: 18 }).count).toBe(1);
  });

  it('equals a flood fill in scan order', () => {
    fc.assert(
      fc.property(volumes, ({ shape, values, threshold, connectivity }) => {
        const found = findComponents(float(values, shape), { threshold, connectivity });
        const mask = values.map((value) => (Math.fround(value) > threshold ? 1 : 0));
        const expected = floodFill(mask, shape, { 6: 1, 18: 2, 26: 3 }[connectivity]);
        expect({ labels: componentLabels(found, mask.length), count: found.count }).toEqual(expected);
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  it('covers exactly the voxels above the threshold, in order', () => {
    fc.assert(
      fc.property(volumes, ({ shape, values, threshold, connectivity }) => {
        const voxels = float(values, shape);
        const { starts, ends } = findComponents(voxels, { threshold, connectivity });
        const covered = [...starts].flatMap((start, run) =>
          Array.from({ length: ends[run]! - start }, (_, i) => start + i),
        );
        expect(covered).toEqual([...voxels.data.keys()].filter((i) => voxels.data[i]! > threshold));
      }),
      { numRuns: 50, seed: 2 },
    );
  });

  it('joins more with more neighbours, and never parts what fewer joined', () => {
    fc.assert(
      fc.property(volumes, ({ shape, values, threshold }) => {
        const [faces, edges, corners] = ([6, 18, 26] as const).map((connectivity) =>
          findComponents(float(values, shape), { threshold, connectivity }),
        ) as [Components, Components, Components];
        for (const [fewer, more] of [
          [faces, edges],
          [edges, corners],
        ] as const) {
          expect(more.count).toBeLessThanOrEqual(fewer.count);
          const joined = new Map<number, number>();
          for (const [run, component] of fewer.components.entries()) {
            const whole = joined.get(component) ?? more.components[run]!;
            expect(more.components[run]).toBe(whole);
            joined.set(component, whole);
          }
        }
      }),
      { numRuns: 50, seed: 3 },
    );
  });

  it('finds the same components whichever way the axes run', () => {
    fc.assert(
      fc.property(
        volumes,
        fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
        fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
        ({ shape, values, threshold, connectivity }, axes, flips) => {
          const voxels = float(values, shape);
          const turned = turn(voxels, axes, flips);
          const sizes = (of: Voxels<Float32Array>) => {
            const { starts, ends, components, count } = findComponents(of, { threshold, connectivity });
            const voxels = new Array<number>(count).fill(0);
            for (const [run, component] of components.entries())
              voxels[component]! += ends[run]! - starts[run]!;
            return voxels.sort((a, b) => a - b);
          };
          expect(sizes(turned)).toEqual(sizes(voxels));
        },
      ),
      { numRuns: 50, seed: 4 },
    );
  });

  it('refuses what is no volume in C order', () => {
    expect(() => findComponents(toVoxels(new Float32Array(1), [1, 1]))).toThrow('shape 1x1, not [z, y, x]');
    const voxels = float([1, 0, 0, 0, 0, 0], [1, 2, 3]);
    expect(() => findComponents({ ...voxels, shape: [1, 3, 2], stride: [6, 1, 3] } as never)).toThrow(
      'strides 6,1,3 from offset 0 in 6 voxels are not C order of 1x3x2',
    );
    expect(() => findComponents({ ...voxels, shape: [1, 2, 2] } as never)).toThrow(TypeError);
    expect(() => findComponents({ ...voxels, offset: 1 } as never)).toThrow('from offset 1');
  });

  it.each([-0.1, 1, NaN])('refuses the threshold %d', (threshold) => {
    expect(() => findComponents(float([0], [1, 1, 1]), { threshold })).toThrow(`above ${threshold}`);
  });
});

/** The voxels with their axes in another order, some of them backwards. */
function turn(
  voxels: Voxels<Float32Array>,
  axes: readonly number[],
  flips: readonly boolean[],
): Voxels<Float32Array> {
  const shape = axes.map((axis) => voxels.shape[axis]!);
  const turned = toVoxels(new Float32Array(voxels.data.length), shape);
  for (let z = 0; z < shape[0]!; z++) {
    for (let y = 0; y < shape[1]!; y++) {
      for (let x = 0; x < shape[2]!; x++) {
        const source = [0, 0, 0];
        for (const [i, at] of [z, y, x].entries()) source[axes[i]!] = flips[i] ? shape[i]! - 1 - at : at;
        turned.set(z, y, x, voxels.get(...source));
      }
    }
  }
  return turned;
}

/** Flood fill in scan order: slow, and right at a glance. */
function floodFill(data: ArrayLike<number>, [depth, height, width]: Shape, steps: number) {
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
  return { labels: [...labels], count };
}
