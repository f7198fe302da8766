import { createHash } from 'node:crypto';
import { worldToIndex } from '@lunet/io';
import { describe, expect, test } from 'vitest';
import { generateScan, type PhantomScan, type ScanOptions } from '../src/index.ts';

const small: Omit<ScanOptions, 'seed'> = {
  size: [160, 160, 24],
  spacing: 0.8,
  sliceSpacing: 2,
  meanNodules: 5,
};

function sha256(scan: PhantomScan): string {
  const hash = createHash('sha256').update(new Uint8Array(scan.volume.voxels.data.buffer));
  return hash
    .update(scan.lungMask.voxels.data)
    .update(JSON.stringify([scan.nodules, scan.candidates]))
    .digest('hex');
}

/** Mean of a volume over the voxels whose centres lie within `radius` mm of a world point. */
function meanWithin(
  { volume }: PhantomScan,
  center: readonly [number, number, number],
  radius: number,
): number {
  const { geometry, voxels } = volume;
  const index = worldToIndex(geometry, center);
  const reach = geometry.spacing.map((step) => Math.ceil(radius / step));
  let sum = 0;
  let count = 0;
  for (let dz = -reach[2]!; dz <= reach[2]!; dz++) {
    for (let dy = -reach[1]!; dy <= reach[1]!; dy++) {
      for (let dx = -reach[0]!; dx <= reach[0]!; dx++) {
        const at = index.map((value, axis) => Math.round(value) + [dx, dy, dz][axis]!) as [
          number,
          number,
          number,
        ];
        if (at.some((value, axis) => value < 0 || value >= geometry.size[axis]!)) continue;
        const off = at.map((value, axis) => (value - index[axis]!) * geometry.spacing[axis]!);
        if (Math.hypot(...off) > radius) continue;
        sum += voxels.get(at[2], at[1], at[0]);
        count++;
      }
    }
  }
  return sum / count;
}

describe('generateScan', () => {
  test('gives the same bytes for the same seed, others for another', () => {
    expect(sha256(generateScan({ ...small, seed: 3 }))).toBe(sha256(generateScan({ ...small, seed: 3 })));
    expect(sha256(generateScan({ ...small, seed: 4 }))).not.toBe(sha256(generateScan({ ...small, seed: 3 })));
  });

  test('draws the shape, spacing and HU range that were asked for', () => {
    const { volume, lungMask, seriesUid } = generateScan({ ...small, seed: 5 });
    expect(volume.voxels.shape).toEqual([24, 160, 160]);
    expect(volume.geometry.spacing).toEqual([0.8, 0.8, 2]);
    expect(lungMask.geometry).toBe(volume.geometry);
    expect(seriesUid).toMatch(/^2\.25\.[12]\d{38}$/);
    for (const hu of volume.voxels.data) {
      if (!((hu >= -1024 && hu <= 3071) || hu === -2048 || hu === -3024))
        expect.fail(`${hu} is no HU of a CT`);
    }
  });

  const scans = Array.from({ length: 8 }, (_, seed) =>
    generateScan({ ...small, seed, flipped: seed % 2 === 1 }),
  );
  const nodules = scans.flatMap((scan) => scan.nodules.map((nodule) => ({ scan, nodule })));

  test('puts every nodule inside the volume and inside a lung', () => {
    expect(nodules.length).toBeGreaterThan(20);
    for (const { scan, nodule } of nodules) {
      const index = worldToIndex(scan.volume.geometry, nodule.centerWorld).map(Math.round);
      expect([3, 4]).toContain(scan.lungMask.voxels.get(index[2]!, index[1]!, index[0]!));
      expect(nodule.diameterMm).toBeGreaterThanOrEqual(3.25);
      expect(nodule.diameterMm).toBeLessThanOrEqual(32.27);
    }
  });

  test.each([false, true])(
    'labels what is dense: solid nodules stand out from the lung (flipped: %s)',
    (flipped) => {
      const solid = nodules.filter(
        ({ scan, nodule }) =>
          nodule.density === 'solid' &&
          nodule.diameterMm > 5 &&
          (scan.volume.geometry.direction[0] === -1) === flipped,
      );
      expect(solid.length).toBeGreaterThan(3);
      for (const { scan, nodule } of solid) {
        expect(meanWithin(scan, nodule.centerWorld, nodule.diameterMm / 4)).toBeGreaterThan(-150);
      }
    },
  );

  test('draws ground glass between lung and soft tissue, where one threshold misses it', () => {
    const glass: typeof nodules = [];
    for (let seed = 100; glass.length < 2 && seed < 140; seed++) {
      const scan = generateScan({ ...small, seed, size: [96, 96, 16] });
      const large = scan.nodules.filter(
        ({ density, diameterMm }) => density === 'ground-glass' && diameterMm > 6,
      );
      glass.push(...large.map((nodule) => ({ scan, nodule })));
    }
    expect(glass.length).toBeGreaterThan(0);
    for (const { scan, nodule } of glass) {
      const mean = meanWithin(scan, nodule.centerWorld, nodule.diameterMm / 4);
      expect(mean).toBeGreaterThan(-780);
      expect(mean).toBeLessThan(-250);
    }
  });

  test('marks each nodule with a candidate at its centre, and false ones outside all nodules', () => {
    for (const { nodules: own, candidates } of scans) {
      for (const { centerWorld } of own) {
        expect(candidates).toContainEqual({ seriesUid: own[0]!.seriesUid, centerWorld, isNodule: true });
      }
      expect(candidates.filter(({ isNodule }) => !isNodule).length).toBeGreaterThan(5);
      for (const { centerWorld, isNodule } of candidates) {
        const hit = own.some(
          (nodule) =>
            Math.hypot(...nodule.centerWorld.map((at, axis) => at - centerWorld[axis]!)) <
            nodule.diameterMm / 2,
        );
        expect(hit).toBe(isNodule);
      }
    }
  });

  test('has vessels as dense as nodules: thresholding the lung finds mostly vessels', () => {
    const precisions = scans.map((scan) => {
      const { geometry, voxels } = scan.volume;
      const spheres = scan.nodules.map(({ centerWorld, diameterMm }) => ({
        index: worldToIndex(geometry, centerWorld),
        radius: diameterMm / 2,
      }));
      let dense = 0;
      let nodule = 0;
      for (let i = 0; i < voxels.data.length; i++) {
        const label = scan.lungMask.voxels.data[i]!;
        if ((label !== 3 && label !== 4) || voxels.data[i]! < -300) continue;
        dense++;
        const at = [i % 160, Math.floor(i / 160) % 160, Math.floor(i / 25600)];
        const inside = spheres.some(
          ({ index, radius }) =>
            Math.hypot(...at.map((value, axis) => (value - index[axis]!) * geometry.spacing[axis]!)) < radius,
        );
        if (inside) nodule++;
      }
      return { dense, nodule };
    });
    const sum = (key: 'dense' | 'nodule'): number => precisions.reduce((total, scan) => total + scan[key], 0);
    expect(sum('nodule')).toBeGreaterThan(100);
    expect(sum('nodule') / sum('dense')).toBeLessThan(0.35);
  });

  test.each([
    [{ seed: 0.5 }, 'Cannot generate scan: seed 0.5 is not an integer'],
    [
      { seed: 1, size: [0, 4, 4] as const },
      'Cannot generate scan: size 0x4x4 is not 1 to 65535 along each axis and up to 2^30 voxels',
    ],
    [
      { seed: 1, size: [1, 1, 65536] as const },
      'Cannot generate scan: size 1x1x65536 is not 1 to 65535 along each axis and up to 2^30 voxels',
    ],
    [{ seed: 1, spacing: 50 }, 'Cannot generate scan: spacing 50 mm is outside 0.1 to 20'],
    [{ seed: 1, meanNodules: 9 }, 'Cannot generate scan: meanNodules 9 is outside 0 to 6'],
  ])('refuses %j', (options, message) => {
    expect(() => generateScan(options)).toThrow(new RangeError(message));
  });
});
