import { readFileSync } from 'node:fs';
import { type Geometry, toVoxels } from '@lunet/io';
import { describe, expect, it } from 'vitest';
import { type Connectivity, findCandidates, findComponents } from '../src/index.ts';
import { componentLabels } from './component-labels.ts';

interface Case {
  readonly geometry: Geometry;
  readonly threshold: number;
  readonly sixtyfourths: string;
  readonly found: Readonly<Record<'6' | '18' | '26', Found>>;
}

interface Found {
  readonly count: number;
  readonly labels: string;
  readonly components: readonly {
    readonly centerIndex: number[];
    readonly centerWorld: number[];
    readonly voxels: number;
    readonly peak: number;
    readonly mean: number;
    readonly start: number[];
    readonly stop: number[];
  }[];
}

const path = new URL('fixtures/scipy_components.json', import.meta.url);
const cases = JSON.parse(readFileSync(path, 'utf8')) as Case[];
const bytes = (base64: string) => [...Buffer.from(base64, 'base64')];

const rows = cases.flatMap(({ found, ...volume }, n) =>
  ([6, 18, 26] as const).map((connectivity) => ({
    ...volume,
    n,
    connectivity: connectivity as Connectivity,
    size: volume.geometry.size.join('x'),
    expected: found[`${connectivity}`],
  })),
);

describe('equals SciPy', () => {
  it.each(rows)('on volume $n of $size with $connectivity neighbours', (row) => {
    const { geometry, threshold, sixtyfourths, connectivity, expected } = row;
    const shape = geometry.size.toReversed();
    const voxels = toVoxels(
      Float32Array.from(bytes(sixtyfourths), (byte) => byte / 64),
      shape,
    );

    const mask = toVoxels(
      Uint8Array.from(voxels.data, (p) => (p > threshold ? 1 : 0)),
      shape,
    );
    for (const found of [
      findComponents(voxels, { threshold, connectivity }),
      findComponents(mask, { connectivity }),
    ]) {
      expect(found.count).toBe(expected.count);
      expect(componentLabels(found, mask.data.length)).toEqual(bytes(expected.labels));
    }

    const candidates = findCandidates({ geometry, voxels }, { threshold, connectivity, probability: 'peak' });
    // The most probable first, equal ones in scan order, as SciPy numbers them; the sort is stable.
    const components = expected.components.toSorted((a, b) => b.peak - a.peak);
    expect(candidates).toHaveLength(components.length);
    for (const [i, { centerIndex, centerWorld, voxels, peak, mean, start, stop }] of components.entries()) {
      const candidate = candidates[i]!;
      // Sums of float64 in another order: 1e-11 of a coordinate below 1000.
      for (const axis of [0, 1, 2] as const) {
        expect(candidate.centerIndex[axis]).toBeCloseTo(centerIndex[axis]!, 11);
        expect(candidate.centerWorld[axis]).toBeCloseTo(centerWorld[axis]!, 10);
      }
      expect(candidate).toMatchObject({ voxels, peak, probability: peak });
      expect(candidate.mean).toBeCloseTo(mean, 12);
      expect(candidate.box).toEqual({ start, size: stop.map((end, axis) => end - start[axis]!) });
      expect(candidate.volumeMm3).toBeCloseTo(voxels * geometry.spacing.reduce((v, mm) => v * mm, 1), 9);
      expect((Math.PI / 6) * candidate.diameterMm ** 3).toBeCloseTo(candidate.volumeMm3, 9);
    }
  });
});
