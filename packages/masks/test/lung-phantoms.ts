import { type Index, toVoxels, type Volume, worldToIndex } from '@lunet/io';
import { generateScan, type PhantomScan, type ScanOptions } from '@lunet/phantom';
import { lungOf } from '../src/index.ts';

/** A phantom and its lungs as far as the field of view shows them. */
export function phantomWithLungs(options: ScanOptions): PhantomScan & { readonly lungs: Volume<Uint8Array> } {
  const scan = generateScan(options);
  const hu = scan.volume.voxels.data;
  const { geometry, voxels } = lungOf(scan.lungMask);
  const seen = voxels.data.map((lung, i) => (hu[i]! <= -1500 || hu[i] === -1024 ? 0 : lung));
  return { ...scan, lungs: { geometry, voxels: toVoxels(seen, voxels.shape) } };
}

export function dice(a: Volume<Uint8Array>, b: Volume<Uint8Array>): number {
  const [first, second] = [a.voxels.data, b.voxels.data];
  let both = 0;
  let sum = 0;
  for (let i = 0; i < first.length; i++) {
    both += first[i]! & second[i]!;
    sum += first[i]! + second[i]!;
  }
  return (2 * both) / sum;
}

export function milliliters({ geometry, voxels }: Volume<Uint8Array>): number {
  const count = voxels.data.reduce((sum, value) => sum + value, 0);
  return (count * geometry.spacing.reduce((product, mm) => product * mm)) / 1000;
}

/** The value of the voxel nearest to a nodule's centre, or nothing if that lies outside the volume. */
export function valueAtCenter(mask: Volume<Uint8Array>, nodule: { centerWorld: Index }): number | undefined {
  const [x, y, z] = worldToIndex(mask.geometry, nodule.centerWorld).map(Math.round) as [
    number,
    number,
    number,
  ];
  const [columns, rows, depth] = mask.geometry.size;
  if (x < 0 || y < 0 || z < 0 || x >= columns || y >= rows || z >= depth) return undefined;
  return mask.voxels.get(z, y, x);
}
