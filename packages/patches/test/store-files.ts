import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Geometry, identityDirection } from '@lunet/io';
import type { Chunk } from '../src/index.ts';
import type { TinyScan } from './luna16-folder.ts';

const geometry: Geometry = {
  size: [110, 100, 24],
  spacing: [0.8, 0.8, 1.5],
  origin: [-40, 20, 7],
  direction: identityDirection,
};

/** Scans with a nodule at the volume's corner, a compressed one, one with a lung mask and one without nodules. */
export const tinyScans: readonly TinyScan[] = [
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
    ],
    excluded: [[71, 41, 8]],
  },
  {
    seriesUid: '1.2',
    geometry: { ...geometry, direction: [-1, 0, 0, 0, -1, 0, 0, 0, 1] },
    nodules: [{ index: [2, 97, 0.2], diameterMm: 6 }],
    compress: true,
  },
  { seriesUid: '1.3', geometry: { ...geometry, size: [100, 100, 20] }, nodules: [], lungMask: true },
  { seriesUid: '1.4', geometry, nodules: [{ index: [44, 60, 18], diameterMm: 7 }] },
];

/** A chunk with its voxels as SHA-256: as telling as the voxels, and compared in no time. */
export function digestOf({ image, label, ...rest }: Chunk): Record<string, unknown> {
  const [images, labels] = [image, label].map(({ buffer, byteOffset, byteLength }) =>
    createHash('sha256')
      .update(Buffer.from(buffer, byteOffset, byteLength))
      .digest('hex'),
  );
  return { ...rest, images, labels };
}

/** SHA-256 of each file of a folder. */
export async function digestsOf(folder: string): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const name of (await readdir(folder)).sort()) {
    const bytes = await readFile(path.join(folder, name));
    digests[name] = createHash('sha256').update(bytes).digest('hex');
  }
  return digests;
}
