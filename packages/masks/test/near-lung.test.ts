import { type Geometry, identityDirection, toVoxels, type Volume } from '@lunet/io';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearLung } from '../src/index.ts';

type Voxel = readonly [z: number, y: number, x: number];

/** A mask in which these voxels have a label. */
function maskOf(
  shape: Voxel,
  spacing: Geometry['spacing'],
  lung: readonly Voxel[],
  label = 1,
): Volume<Uint8Array> {
  const [depth, height, width] = shape;
  const voxels = toVoxels(new Uint8Array(depth * height * width), shape);
  for (const [z, y, x] of lung) voxels.set(z, y, x, label);
  const geometry = {
    size: [width, height, depth],
    spacing,
    origin: [0, 0, 0],
    direction: identityDirection,
  } as const;
  return { geometry, voxels };
}

describe('nearLung', () => {
  it('gives the example', () => {
    const row = maskOf([1, 1, 5], [2, 1, 1], [[0, 0, 0]]);
    row.voxels.set(0, 0, 4, 5);
    expect([...nearLung(row, 0, 4)]).toEqual([1, 1, 1, 0, 0]);
  });

  it('reaches over slices too, in mm', () => {
    const lung = maskOf([3, 1, 7], [2, 1, 3], [[0, 0, 0]], 3);
    expect([...nearLung(lung, 0, 5)]).toEqual([1, 1, 1, 0, 0, 0, 0]);
    // 3 mm up leaves 4 mm to the side.
    expect([...nearLung(lung, 1, 5)]).toEqual([1, 1, 1, 0, 0, 0, 0]);
    expect([...nearLung(lung, 1, 4.9)]).toEqual([1, 1, 0, 0, 0, 0, 0]);
    expect([...nearLung(lung, 2, 5)]).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect([...nearLung(lung, 2, 6)]).toEqual([1, 0, 0, 0, 0, 0, 0]);
  });

  it('takes no lung, and a margin of nothing', () => {
    expect([...nearLung(maskOf([2, 1, 3], [1, 1, 1], []), 1, 9)]).toEqual([0, 0, 0]);
    expect([...nearLung(maskOf([2, 1, 3], [1, 1, 1], [[1, 0, 1]], 4), 1, 0)]).toEqual([0, 1, 0]);
  });

  it('takes a margin far beyond the scan', () => {
    const lung = maskOf([2, 1, 3], [1, 1, 1], [[1, 0, 1]]);
    const empty = maskOf([2, 1, 3], [1, 1, 1], []);
    for (const margin of [1e8, 1e200]) {
      const start = performance.now();
      expect([...nearLung(lung, 0, margin)]).toEqual([1, 1, 1]);
      expect([...nearLung(empty, 0, margin)]).toEqual([0, 0, 0]);
      // A loop over the margin's slices would take seconds, or for ever.
      expect(performance.now() - start).toBeLessThan(200);
    }
  });

  it('refuses slices that are not there, and margins that are none', () => {
    const lung = maskOf([2, 1, 1], [1, 1, 1], []);
    for (const z of [-1, 2, 0.5]) {
      expect(() => nearLung(lung, z, 1)).toThrow(
        new RangeError(`Cannot take slice ${z} of the lung mask: it has slices 0 to 1`),
      );
    }
    for (const margin of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => nearLung(lung, 0, margin)).toThrow(
        new RangeError(`Cannot take a margin of ${margin} mm around the lung: give 0 mm or more`),
      );
    }
  });

  it('says what comparing every voxel with every other says', () => {
    const side = fc.integer({ min: 1, max: 7 });
    const spacing = fc.constantFrom(0.1, 0.5, 0.7, 2.5);
    fc.assert(
      fc.property(
        fc.tuple(side, side, side),
        fc.tuple(spacing, spacing, spacing),
        fc.array(fc.nat(400), { maxLength: 6 }),
        fc.constantFrom(0, 0.3, 0.7, 2.1, 20),
        ([depth, height, width], mm, picks, margin) => {
          const voxel = (i: number) => {
            const at = i % (depth * height * width);
            return [Math.floor(at / (height * width)), Math.floor(at / width) % height, at % width] as const;
          };
          const lung = maskOf([depth, height, width], mm, picks.map(voxel));
          for (let z = 0; z < depth; z++) {
            const expected = Array.from({ length: height * width }, (_, pixel) => {
              const [y, x] = [Math.floor(pixel / width), pixel % width];
              const isNear = picks.map(voxel).some(([lz, ly, lx]) => {
                const mmAway = Math.hypot((lz - z) * mm[2], (ly - y) * mm[1], (lx - x) * mm[0]);
                return mmAway <= margin * (1 + 1e-9);
              });
              return isNear ? 1 : 0;
            });
            expect([...nearLung(lung, z, margin)]).toEqual(expected);
          }
        },
      ),
      { numRuns: 50, seed: 3 },
    );
  });
});
