import { rm } from 'node:fs/promises';
import { type Geometry, identityDirection, indexToWorld, type Matrix3, worldToIndex } from '@lunet/io';
import { type Luna16Scan, openLuna16 } from '@lunet/io/node';
import { rasterizeSpheres, sliceRange } from '@lunet/masks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Chunk, clipHounsfield, cutChunk } from '../src/index.ts';
import { collectChunks, collectNegativesAt, type NegativeSource } from '../src/node.ts';
import { lungRadius, type TinyScan, tinyVolume, writeLuna16 } from './luna16-folder.ts';

const geometry: Geometry = {
  size: [110, 100, 24],
  spacing: [0.8, 0.8, 1.5],
  origin: [-40, 20, 7],
  direction: identityDirection,
};
const flipped: Matrix3 = [-1, 0, 0, 0, -1, 0, 0, 0, 1];

const tiny: readonly TinyScan[] = [
  {
    seriesUid: '1.1',
    geometry,
    nodules: [
      { index: [50.3, 48.6, 12.4], diameterMm: 9 },
      { index: [58, 55, 10], diameterMm: 4 },
    ],
    candidates: [
      [40, 40, 5],
      [60, 60, 20],
      [30, 50, 12],
      [50.5, 48, 12],
      [70, 40, 8],
    ],
    excluded: [[71, 41, 8]],
  },
  {
    seriesUid: '1.2',
    geometry: { ...geometry, direction: flipped },
    nodules: [{ index: [2, 97, 0.2], diameterMm: 6 }],
    compress: true,
  },
  { seriesUid: '1.3', geometry: { ...geometry, size: [100, 100, 20] }, nodules: [], lungMask: true },
];

const size = { slices: 5, rows: 32, columns: 24 };
let root: string;
let scans: readonly Luna16Scan[];

beforeAll(async () => {
  root = await writeLuna16(tiny);
  scans = (await openLuna16(root)).scans;
});
afterAll(() => rm(root, { recursive: true }));

const scanOf = ({ seriesUid }: Chunk) => scans.findIndex((scan) => scan.seriesUid === seriesUid);
const indexOf = (chunk: Chunk) => worldToIndex(scans[scanOf(chunk)]!.geometry, chunk.centerWorld);

describe('collectChunks', () => {
  test('cuts for each nodule all the slices that it touches, with context and every nodule labelled', async () => {
    const { chunks, problems } = await collectChunks(scans, {
      seed: 1,
      negativesPerScan: 0,
      chunk: size,
    });
    expect(problems).toEqual([]);
    expect(chunks.map(({ seriesUid, kind }) => [seriesUid, kind])).toEqual([
      ['1.1', 'nodule'],
      ['1.1', 'nodule'],
      ['1.2', 'nodule'],
    ]);
    for (const chunk of chunks) {
      // The same from the whole volume in memory and the mask of the whole volume.
      const scan = scanOf(chunk);
      const volume = tinyVolume(tiny[scan]!);
      const mask = rasterizeSpheres(volume.geometry, scans[scan]!.nodules);
      const nodule = scans[scan]!.nodules.find(({ centerWorld }) => centerWorld === chunk.centerWorld)!;
      const [first, end] = sliceRange(volume.geometry, nodule);
      const [x, y] = indexOf(chunk).map((value) => Math.floor(value + 0.5)) as [number, number, number];
      expect(chunk.labelSlices).toBe(end - first);
      const image = cutChunk(volume.voxels, [first - 2, y - 16, x - 12], {
        ...size,
        slices: end - first + 4,
      });
      const label = cutChunk(mask.voxels, [first, y - 16, x - 12], { ...size, slices: end - first });
      expect(chunk.image).toEqual(shared(image.data.map(clipHounsfield)));
      expect(chunk.label).toEqual(shared(label.data));
      for (let slice = 0; slice < chunk.labelSlices; slice++) {
        expect(chunk.label.subarray(slice * 768, (slice + 1) * 768)).toContain(1);
      }
    }
    // On its last slice the small nodule has 9 voxels; the large one beside it has some 70.
    expect(chunks[1]!.label.subarray(-768).reduce((sum, value) => sum + value, 0)).toBeGreaterThan(60);
  });

  test('keeps voxels where threads share them', async () => {
    const { chunks } = await collectChunks(scans, { seed: 1 });
    for (const { image, label } of chunks) {
      expect(image.buffer).toBeInstanceOf(SharedArrayBuffer);
      expect(label.buffer).toBeInstanceOf(SharedArrayBuffer);
      expect(image.length % (96 * 96)).toBe(0);
    }
  });

  test('draws negatives at candidates that lie in no nodule or excluded finding, then in the lung', async () => {
    const { chunks } = await collectChunks(scans.slice(0, 1), {
      seed: 3,
      negativesPerScan: 6,
      negativeSources: ['candidates'],
      chunk: size,
    });
    const negatives = chunks.filter(({ kind }) => kind === 'negative');
    expect(negatives).toHaveLength(6);
    expect(negatives.every(({ labelSlices }) => labelSlices === 1)).toBe(true);
    const centers = negatives.map((chunk) => indexOf(chunk).map((value) => Math.round(value * 10) / 10));
    // Of the five candidates one lies in a nodule and one 1.1 mm from an excluded finding.
    expect(centers.slice(0, 3).sort()).toEqual([
      [30, 50, 12],
      [40, 40, 5],
      [60, 60, 20],
    ]);
    for (const [x, y] of centers.slice(3)) {
      expect(Math.hypot(x! - 55, y! - 50)).toBeLessThan(lungRadius);
    }
  });

  test('draws from the lung mask where there is one, without its trachea', async () => {
    const options = { seed: 3, negativesPerScan: 20, negativeSources: ['lung'], chunk: size } as const;
    const { chunks } = await collectChunks(scans, options);
    expect(chunks.filter(({ kind }) => kind === 'negative')).toHaveLength(60);
    const masked = chunks.filter(({ seriesUid }) => seriesUid === '1.3').map(indexOf);
    expect(masked).toHaveLength(20);
    for (const [x, y] of masked) {
      expect(Math.hypot(x - 50, y - 50)).toBeLessThan(lungRadius);
      expect(x).toBeGreaterThan(49.9);
    }
    const clear = chunks.filter(({ seriesUid, kind }) => seriesUid === '1.1' && kind === 'negative');
    for (const { centerWorld } of clear) {
      for (const nodule of scans[0]!.nodules) {
        const distance = Math.hypot(...centerWorld.map((value, axis) => value - nodule.centerWorld[axis]!));
        expect(distance).toBeGreaterThanOrEqual(nodule.diameterMm / 2);
      }
    }
  });

  test('draws from tissue, and from all sources in turn by default', async () => {
    const [scan] = scans;
    const draw = async (negativeSources?: readonly NegativeSource[]) => {
      const options = {
        seed: 3,
        negativesPerScan: 30,
        chunk: size,
        ...(negativeSources && { negativeSources }),
      };
      const { chunks } = await collectChunks([scan!], options);
      return chunks.filter(({ kind }) => kind === 'negative').map(indexOf);
    };
    const outside = (centers: readonly (readonly number[])[]) =>
      centers.filter(([x, y]) => Math.hypot(x! - 55, y! - 50) >= lungRadius).length;
    const everywhere = await draw(['tissue']);
    expect(everywhere).toHaveLength(30);
    expect(outside(everywhere)).toBeGreaterThan(10);
    const mixed = await draw();
    expect(mixed).toHaveLength(30);
    expect(outside(mixed)).toBeGreaterThan(2);
    expect(outside(mixed)).toBeLessThanOrEqual(10);
  });

  test('draws the same again for a seed, and for a scan whatever the others are', async () => {
    const negatives = async (seed: number, from = scans): Promise<unknown> => {
      const options = { seed, negativesPerScan: 3, chunk: size };
      const { chunks } = await collectChunks(from, options);
      return chunks.filter(({ seriesUid, kind }) => seriesUid === '1.2' && kind === 'negative');
    };
    expect(await negatives(5)).toEqual(await negatives(5));
    expect(await negatives(5)).not.toEqual(await negatives(6));
    expect(await negatives(5, scans.slice(1, 2))).toEqual(await negatives(5));
  });

  test('cuts negatives at given places, each labelled with the nodules in view', async () => {
    const nodule = scans[0]!.nodules[0]!;
    const centers = new Map([
      [scans[0]!.seriesUid, [nodule.centerWorld, indexToWorld(scans[0]!.geometry, [10, 12, 3])]],
      ['not here', [nodule.centerWorld]],
    ]);
    const chunks = await collectNegativesAt(scans, centers, { chunk: size });
    expect(chunks.map(({ kind, labelSlices }) => [kind, labelSlices])).toEqual([
      ['negative', 1],
      ['negative', 1],
    ]);
    expect(chunks[0]!.label).toContain(1);
    expect(chunks[1]!.centerWorld).toEqual(centers.get(scans[0]!.seriesUid)![1]);
  });

  test('reports progress, and what a scan did not yield', async () => {
    const progress: unknown[] = [];
    const outside = { ...scans[0]!.nodules[0]!, centerWorld: [0, 0, 900] as const };
    const odd = [{ ...scans[0]!, nodules: [outside] }, scans[1]!];
    const { chunks, problems } = await collectChunks(odd, {
      seed: 1,
      negativesPerScan: 0,
      concurrency: 1,
      onProgress: (step) => progress.push(step),
    });
    expect(chunks).toHaveLength(1);
    expect(problems).toEqual([
      { seriesUid: '1.1', message: 'Cannot cut chunk: nodule at (0, 0, 900) lies outside the volume' },
    ]);
    expect(progress).toEqual([
      { scansDone: 1, scans: 2, chunks: 0 },
      { scansDone: 2, scans: 2, chunks: 1 },
    ]);
  });

  test('stops at an abort', async () => {
    const controller = new AbortController();
    const onProgress = () => controller.abort(new Error('enough'));
    await expect(collectChunks(scans, { seed: 1, onProgress, signal: controller.signal })).rejects.toThrow(
      /^enough$/,
    );
  });

  test('throws with the scan that cannot be read', async () => {
    const missing = { ...scans[0]!, path: `${scans[0]!.path}.gone` };
    await expect(collectChunks([missing], { seed: 1 })).rejects.toThrow(/^Cannot collect chunks of 1\.1: /);
    await expect(collectChunks(scans, { seed: 1, negativesPerScan: -1 })).rejects.toThrow(RangeError);
    await expect(collectChunks(scans, { seed: 1, negativeSources: [] })).rejects.toThrow(
      'negativeSources is empty',
    );
    await expect(collectChunks(scans, { seed: 1, chunk: { ...size, slices: 4 } })).rejects.toThrow(
      'Cannot use chunks of 4x32x24: expected positive integers and an odd number of slices',
    );
  });
});

/** The same values in shared memory, for equality tells the two kinds apart. */
function shared<T extends Int16Array | Uint8Array>(data: T): T {
  const buffer = new SharedArrayBuffer(data.byteLength);
  const copy = new (data.constructor as new (buffer: SharedArrayBuffer) => T)(buffer);
  copy.set(data);
  return copy;
}
