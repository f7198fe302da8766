import { identityDirection, toVoxels, type Volume } from '@lunet/io';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidateMask, findCandidates } from '../src/index.ts';

describe('candidateMask', () => {
  it('has the values of its example', () => {
    const prediction: Volume<Float32Array> = {
      geometry: { size: [5, 1, 1], spacing: [2, 2, 2], origin: [0, 0, 0], direction: identityDirection },
      voxels: toVoxels(new Float32Array([0.6, 0.9, 0, 0, 0.7]), [1, 1, 5]),
    };
    expect([...candidateMask(prediction, { minimumDiameterMm: 3 }).voxels.data]).toEqual([1, 1, 0, 0, 0]);
    expect([...candidateMask(prediction).voxels.data]).toEqual([1, 1, 0, 0, 1]);
  });

  it('holds the voxels of the candidates found with the same options, and no others', () => {
    const eighths = fc.array(
      fc.integer({ min: 0, max: 8 }).map((n) => n / 8),
      { minLength: 60, maxLength: 60 },
    );
    fc.assert(
      fc.property(
        eighths,
        fc.record({
          threshold: fc.constantFrom(0, 0.5, 0.8),
          minimumDiameterMm: fc.constantFrom(0, 2, 3),
          mergeWithinMm: fc.constantFrom(0, 4),
        }),
        (values, options) => {
          const prediction: Volume<Float32Array> = {
            geometry: {
              size: [5, 4, 3],
              spacing: [1, 2, 1.5],
              origin: [0, 0, 0],
              direction: identityDirection,
            },
            voxels: toVoxels(Float32Array.from(values), [3, 4, 5]),
          };
          const { data } = candidateMask(prediction, options).voxels;
          const candidates = findCandidates(prediction, options);
          const marked = [...data.keys()].filter((voxel) => data[voxel] === 1);
          expect(marked).toHaveLength(candidates.reduce((sum, { voxels }) => sum + voxels, 0));
          const sum = candidates.reduce((total, { mean, voxels }) => total + mean * voxels, 0);
          expect(marked.reduce((total, voxel) => total + values[voxel]!, 0)).toBeCloseTo(sum, 9);
          for (const voxel of marked) expect(values[voxel]!).toBeGreaterThan(options.threshold);
        },
      ),
    );
  });
});
