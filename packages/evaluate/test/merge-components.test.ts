import { type Geometry, type Index, indexToWorld, toVoxels, type Volume, type World } from '@lunet/io';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureComponents } from '../src/candidates/measure-components.ts';
import { mergeComponents } from '../src/candidates/merge-components.ts';
import { type Components, findComponents } from '../src/index.ts';

const geometry: Geometry = {
  size: [8, 7, 6],
  spacing: [0.7, 0.8, 2.5],
  origin: [-3, 2, -4],
  direction: [0.8, -0.6, 0, 0.6, 0.8, 0, 0, 0, -1],
};

/** The heaviest takes the near ones, and so on: by comparing every pair. */
function mergeAllPairs({ geometry, voxels }: Volume<Float32Array>, found: Components, withinMm: number) {
  const { weights, moments } = measureComponents(voxels, found);
  const centers = Array.from(weights, (weight, i) => {
    const index = [...moments.subarray(3 * i, 3 * i + 3)].map((moment) => moment / weight);
    return indexToWorld(geometry, index as unknown as Index);
  });
  const distance = (a: World, b: World) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  let rest = [...weights.keys()].sort((a, b) => Math.fround(weights[b]!) - Math.fround(weights[a]!));
  const groups: number[][] = [];
  while (rest.length > 0) {
    const center = centers[rest[0]!]!;
    groups.push(rest.filter((i) => distance(centers[i]!, center) < withinMm));
    rest = rest.filter((i) => distance(centers[i]!, center) >= withinMm);
  }
  groups.sort((a, b) => Math.min(...a) - Math.min(...b));
  return {
    components: Array.from(found.components, (component) => groups.findIndex((g) => g.includes(component))),
    count: groups.length,
  };
}

describe('mergeComponents', () => {
  it('groups as a search over all pairs does', () => {
    let merges = 0;
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 0, 0.625, 0.75, 1), {
          minLength: 336,
          maxLength: 336,
        }),
        fc.constantFrom(0.9, 1.6, 2.7, 4.1, 100),
        (values, withinMm) => {
          const volume = { geometry, voxels: toVoxels(new Float32Array(values), [6, 7, 8]) };
          const found = findComponents(volume.voxels, { connectivity: 6 });
          const { components, count, starts, ends } = mergeComponents(volume, found, withinMm);
          expect({ components: [...components], count }).toEqual(mergeAllPairs(volume, found, withinMm));
          expect([starts, ends]).toEqual([found.starts, found.ends]);
          merges += found.count - count;
        },
      ),
      { numRuns: 50, seed: 5 },
    );
    expect(merges).toBeGreaterThan(500);
  });

  it('leaves one component and none as they are', () => {
    const volume = { geometry, voxels: toVoxels(new Float32Array(336), [6, 7, 8]) };
    expect(mergeComponents(volume, findComponents(volume.voxels), 5).count).toBe(0);
    volume.voxels.data[100] = 1;
    expect(mergeComponents(volume, findComponents(volume.voxels), 5)).toMatchObject({ count: 1 });
  });
});
