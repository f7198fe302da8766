import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type CandidateRow,
  formatAnnotations,
  formatCandidates,
  type Geometry,
  indexToWorld,
  type Nodule,
  toVoxels,
  type Volume,
} from '@lunet/io';
import { writeVolume } from '@lunet/io/node';

/** A scan to write: tissue with a round lung, and a gradient so that no two voxels near each other are alike. */
export interface TinyScan {
  readonly seriesUid: string;
  readonly geometry: Geometry;
  readonly nodules: readonly { index: readonly [number, number, number]; diameterMm: number }[];
  readonly candidates?: readonly (readonly [number, number, number])[];
  readonly excluded?: readonly (readonly [number, number, number])[];
  readonly compress?: boolean;
  /** Writes a lung mask that holds the right half of the lung as 3, and the left half as trachea, 5. */
  readonly lungMask?: boolean;
}

/** Radius of the lung in pixels, about the middle of each slice. */
export const lungRadius = 30;

/** The voxels of a tiny scan. */
export function tinyVolume({ geometry }: TinyScan): Volume<Int16Array> {
  const [columns, rows, depth] = geometry.size;
  const data = Int16Array.from({ length: columns * rows * depth }, (_, i) => {
    const [x, y, z] = [i % columns, Math.floor(i / columns) % rows, Math.floor(i / (columns * rows))];
    if (x < 4 || y < 4 || x >= columns - 4 || y >= rows - 4) return -3024;
    const base = Math.hypot(x - columns / 2, y - rows / 2) < lungRadius ? -900 : 0;
    return base + x + 2 * y + 3 * z - 200;
  });
  return { geometry, voxels: toVoxels(data, [depth, rows, columns]) };
}

/** Writes scans in LUNA16's layout into a new temporary folder. */
export async function writeLuna16(scans: readonly TinyScan[]): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'lunet-patches-'));
  const nodules: Nodule[] = [];
  const excluded: Nodule[] = [];
  const candidates: CandidateRow[] = [];
  await mkdir(path.join(root, 'subset0'));
  await mkdir(path.join(root, 'seg-lungs-LUNA16'));
  for (const scan of scans) {
    const { seriesUid, geometry, compress = false } = scan;
    const volume = tinyVolume(scan);
    await writeVolume(path.join(root, 'subset0', `${seriesUid}.mhd`), volume, { compress });
    if (scan.lungMask) {
      const { data, shape } = volume.voxels;
      const half = geometry.size[0] / 2;
      const labels = Uint8Array.from(data, (value, i) =>
        value > -700 || value < -1300 ? 0 : i % geometry.size[0] >= half ? 3 : 5,
      );
      const mask = { geometry, voxels: toVoxels(labels, shape) };
      await writeVolume(path.join(root, 'seg-lungs-LUNA16', `${seriesUid}.mhd`), mask, { compress: true });
    }
    const world = (index: readonly [number, number, number]) => indexToWorld(geometry, index);
    for (const { index, diameterMm } of scan.nodules) {
      nodules.push({ seriesUid, centerWorld: world(index), diameterMm });
      candidates.push({ seriesUid, centerWorld: world(index), isNodule: true });
    }
    for (const index of scan.excluded ?? [])
      excluded.push({ seriesUid, centerWorld: world(index), diameterMm: -1 });
    for (const index of scan.candidates ?? []) {
      candidates.push({ seriesUid, centerWorld: world(index), isNodule: false });
    }
  }
  await writeFile(path.join(root, 'annotations.csv'), formatAnnotations(nodules));
  await writeFile(path.join(root, 'annotations_excluded.csv'), formatAnnotations(excluded));
  await writeFile(path.join(root, 'candidates_V2.csv'), formatCandidates(candidates));
  return root;
}
