import { readFileSync } from 'node:fs';
import { type Geometry, type Nodule, toVoxels } from '@lunet/io';
import { describe, expect, it } from 'vitest';
import { percentileInterval } from '../src/bootstrap/interval.ts';
import {
  measureScan,
  pickThreshold,
  scanCounts,
  summarise,
  thresholdSweep,
  type VoxelCounts,
  type VoxelOperatingPoint,
} from '../src/index.ts';

interface Fixture {
  readonly scans: readonly {
    readonly seriesUid: string;
    readonly geometry: Geometry;
    readonly nodules: readonly Nodule[];
    readonly excluded: readonly Nodule[];
    /** 256ths, base64. */
    readonly prediction: string;
    readonly measured: {
      readonly allSlices: VoxelCounts;
      readonly noduleSlices: VoxelCounts;
      readonly nodules: readonly {
        readonly found: boolean;
        readonly probability: number | null;
        readonly dice: number;
        readonly truthMm3: number;
        readonly predictedMm3: number;
        readonly volumeError: number;
      }[];
      readonly falseCandidates: number;
      readonly onExcluded: number;
    };
  }[];
  readonly sweep: readonly VoxelOperatingPoint[];
  readonly byRecall: readonly { readonly least: number; readonly kthHighest: number }[];
  readonly summary: Record<'noduleDice' | 'volumeError' | 'absoluteVolumeError', number>;
  readonly percentiles: { readonly values: number[]; readonly bounds: [number, number] };
}

/** Written by fixtures/numpy_measurements.py. */
const fixture: Fixture = JSON.parse(
  readFileSync(new URL('fixtures/numpy_measurements.json', import.meta.url), 'utf8'),
);

const measured = fixture.scans.map(({ prediction, geometry, ...scan }) => {
  const [width, height, depth] = geometry.size;
  const data = Float32Array.from(Buffer.from(prediction, 'base64'), (byte) => byte / 256);
  return measureScan({ geometry, voxels: toVoxels(data, [depth, height, width]) }, scan, {
    candidates: { probability: 'peak' },
  });
});

describe('what NumPy and SciPy measure', () => {
  it.each(fixture.scans.map(({ measured }, scan) => ({ expected: measured, scan })))(
    'of the voxels and candidates of scan $scan',
    ({ expected, scan }) => {
      const { allSlices, noduleSlices, candidates } = measured[scan]!;
      expect({ allSlices, noduleSlices }).toEqual({
        allSlices: expected.allSlices,
        noduleSlices: expected.noduleSlices,
      });
      expect(scanCounts(measured[scan]!).falseCandidates).toBe(expected.falseCandidates);
      expect(candidates.filter(({ liesOn }) => liesOn === 'finding')).toHaveLength(expected.onExcluded);
    },
  );

  it('of every nodule: overlapping, nested, attached, clipped, thinner than a slice, missed', () => {
    const expected = fixture.scans.flatMap(({ measured }) => measured.nodules);
    const nodules = measured.flatMap((scan) => scan.nodules);
    expect(nodules).toHaveLength(8);
    for (const [i, { found, probability, ...figures }] of expected.entries()) {
      expect(nodules[i]).toMatchObject({ found, probability });
      for (const [name, value] of Object.entries(figures)) {
        expect(nodules[i]![name as keyof typeof figures], `${name} of nodule ${i}`).toBeCloseTo(value, 10);
      }
    }
  });

  it('at other thresholds', () => {
    const sweep = thresholdSweep(measured);
    for (const { threshold, ...scores } of fixture.sweep) {
      const place = sweep.threshold.indexOf(threshold);
      const { recall, precision, dice } = sweep;
      expect({ recall: recall[place], precision: precision[place], dice: dice[place] }).toEqual(scores);
    }
  });

  it('where a share of the nodule voxels lies above the threshold', () => {
    for (const { least, kthHighest } of fixture.byRecall) {
      const pick = () => pickThreshold(measured, { recall: least });
      // A nodule voxel of 0 is above no threshold.
      if (kthHighest === 0)
        expect(pick).toThrow(/with a recall of 1: the best is 0\.99\d+, above a threshold of 0/);
      else expect(pick().threshold).toBe(kthHighest - 1 / 1024);
    }
  });

  it('in the median', () => {
    const summary = summarise(measured, { seed: 1, resamples: 10 });
    for (const [name, value] of Object.entries(fixture.summary)) {
      expect(summary[name as keyof Fixture['summary']]!.value).toBeCloseTo(value, 12);
    }
  });

  it('of percentiles', () => {
    const { values, bounds } = fixture.percentiles;
    const { lower, upper } = percentileInterval(0, values, 0.95);
    expect(lower).toBeCloseTo(bounds[0], 12);
    expect(upper).toBeCloseTo(bounds[1], 12);
  });
});
