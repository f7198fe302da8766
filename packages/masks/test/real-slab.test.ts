import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type Geometry, indexToWorld, type World } from '@lunet/io';
import { readVolume } from '@lunet/io/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { rasterizeSpheres } from '../src/index.ts';
import { fillOutline, readOutlines } from './lidc-contours.ts';

const folder = new URL('../../../../shared/data/lidc-0001-slab/', import.meta.url);
const scan = new URL('1.3.6.1.4.1.14519.5.2.1.6279.6001.179049373636438705059720603192.mhd', folder);

/** The scan's row of LUNA16's annotations.csv. */
const nodule = { centerWorld: [56.20840547, 86.34341278, -115.8675792] as World, diameterMm: 23.35064438 };

describe.skipIf(!existsSync(scan))('on a real slab (skipped where ../shared/data is absent)', () => {
  let geometry: Geometry;
  let sphere: Uint8Array;
  /** The mask of each of the four readers. */
  let readers: Uint8Array[];

  beforeAll(async () => {
    geometry = (await readVolume(scan.pathname)).geometry;
    sphere = rasterizeSpheres(geometry, [nodule]).voxels.data;
    const xml = await readFile(new URL('lidc-0001.xml', folder), 'utf8');
    readers = readOutlines(xml, geometry, nodule.centerWorld).map((outline) =>
      fillOutline(geometry, outline),
    );
  });

  const volumeOf = (mask: Uint8Array): number =>
    count(mask) * geometry.spacing.reduce((product, step) => product * step);

  test('the sphere has the volume π d³ / 6 within 2 %', () => {
    const expected = (Math.PI * nodule.diameterMm ** 3) / 6;
    console.log(`sphere ${volumeOf(sphere).toFixed(0)} mm³, π d³ / 6 ${expected.toFixed(0)} mm³`);
    expect(Math.abs(volumeOf(sphere) / expected - 1)).toBeLessThan(0.02);
  });

  test('the outlines have the volumes that the four readers drew', () => {
    expect(readers).toHaveLength(4);
    [7298, 5702, 6124, 6795].forEach((expected, i) => {
      expect(Math.abs(volumeOf(readers[i]!) / expected - 1), `reader ${i + 1}`).toBeLessThan(0.005);
    });
  });

  test('the sphere lies where the readers saw the nodule', () => {
    // LUNA16's centre is the mean of the readers' centres.
    const centers = readers.map((mask) => centroid(geometry, mask));
    const mean = [0, 1, 2].map((axis) => centers.reduce((sum, center) => sum + center[axis]! / 4, 0));
    const drawn = centroid(geometry, sphere);
    expect(Math.hypot(...mean.map((value, axis) => value - drawn[axis]!))).toBeLessThan(1);
  });

  test('the sphere covers what every reader outlined', () => {
    const found = readers.map((mask, i) => ({
      reader: i + 1,
      volume: volumeOf(mask),
      dice: dice(sphere, mask),
    }));
    for (const { reader, volume, dice } of found) {
      console.log(`reader ${reader}: ${volume.toFixed(0)} mm³, Dice with the sphere ${dice.toFixed(3)}`);
      expect(dice, `reader ${reader}`).toBeGreaterThan(0.8);
    }
    // Of four, the lower of the two in the middle.
    const median = [...found].sort((a, b) => a.volume - b.volume)[1]!;
    console.log(`reader of median volume: ${median.reader}, Dice ${median.dice.toFixed(3)}`);
  });
});

function count(mask: Uint8Array): number {
  return mask.reduce((sum, value) => sum + value, 0);
}

function dice(a: Uint8Array, b: Uint8Array): number {
  const both = a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  return (2 * both) / (count(a) + count(b));
}

/** The mean world coordinate of a mask's voxels. */
function centroid(geometry: Geometry, mask: Uint8Array): World {
  const [columns, rows] = geometry.size;
  const sums = [0, 0, 0];
  mask.forEach((value, i) => {
    if (value === 0) return;
    const index = [i % columns, Math.floor(i / columns) % rows, Math.floor(i / (columns * rows))];
    index.forEach((step, axis) => {
      sums[axis]! += step;
    });
  });
  return indexToWorld(geometry, sums.map((sum) => sum / count(mask)) as [number, number, number]);
}
