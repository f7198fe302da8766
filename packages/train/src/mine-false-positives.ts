import { findCandidates, matchCandidates, predictSlices } from '@lunet/evaluate';
import { boxGeometry, type Geometry, toVoxels, type World } from '@lunet/io';
import { type Luna16Scan, openMetaImage } from '@lunet/io/node';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Where false positives are looked for. */
export interface MineOptions {
  /** Slices to predict, spread evenly over the scans. */
  readonly slices?: number;
  /** Another round looks at other slices. */
  readonly round?: number;
  /** At most so many false positives of a slice are kept, the largest. */
  readonly mostPerSlice?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onSlice?: ((progress: { readonly slice: number; readonly slices: number }) => void) | undefined;
}

/** Multiples of it spread evenly over 0 … 1, however many there are. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Looks for hard negatives: places on some whole slices of scans where a model sees a nodule and there is none, nor an
 * excluded finding.
 *
 * Only the slabs around the chosen slices are read, the next one while the model runs. The same model and round give the same places.
 *
 * @returns for each series UID the centres of false positives, in mm.
 * @throws {Error} if a scan cannot be read.
 */
export async function mineFalsePositives(
  model: LayersModel,
  scans: readonly Luna16Scan[],
  { slices = 200, round = 0, mostPerSlice = 6, signal, onSlice }: MineOptions = {},
): Promise<Map<string, World[]>> {
  const chosen = chooseSlices(scans, slices, round);
  const total = [...chosen.values()].reduce((sum, indices) => sum + indices.length, 0);
  const centers = new Map<string, World[]>();
  let done = 0;
  for (const [scan, indices] of chosen) {
    signal?.throwIfAborted();
    const file = await openMetaImage(scan.path, scan);
    try {
      const found: World[] = [];
      for await (const { z, probability } of predictSlices(model, file, { slices: indices, signal })) {
        const geometry = sliceGeometry(scan.geometry, z);
        found.push(...falsePositives(scan, geometry, probability).slice(0, mostPerSlice));
        onSlice?.({ slice: ++done, slices: total });
      }
      if (found.length > 0) centers.set(scan.seriesUid, found);
    } finally {
      await file.close();
    }
  }
  return centers;
}

/** Spreads slices evenly over the scans, and in each of them over its depth, rising; rounds begin elsewhere. */
function chooseSlices(
  scans: readonly Luna16Scan[],
  slices: number,
  round: number,
): Map<Luna16Scan, number[]> {
  const phase = (round * GOLDEN) % 1;
  const chosen = new Map<Luna16Scan, Set<number>>();
  for (let i = 0; i < slices && scans.length > 0; i++) {
    const along = (((i + phase) / slices) * scans.length) % scans.length;
    const scan = scans[Math.floor(along)]!;
    const share = slices >= scans.length ? along % 1 : (i * GOLDEN + phase) % 1;
    const indices = chosen.get(scan) ?? new Set();
    chosen.set(scan, indices.add(Math.floor(share * scan.geometry.size[2])));
  }
  return new Map([...chosen].map(([scan, indices]) => [scan, [...indices].sort((a, b) => a - b)]));
}

function sliceGeometry(geometry: Geometry, z: number): Geometry {
  return boxGeometry(geometry, { start: [0, 0, z], size: [geometry.size[0], geometry.size[1], 1] });
}

/** Centres of the components of one slice that hit nothing, the largest first. */
function falsePositives(scan: Luna16Scan, geometry: Geometry, probability: Float32Array): World[] {
  const [width, height] = geometry.size;
  const candidates = findCandidates({ geometry, voxels: toVoxels(probability, [1, height, width]) });
  return matchCandidates(candidates, scan.nodules, scan.excluded)
    .falsePositives.toSorted((a, b) => b.voxels - a.voxels)
    .map(({ centerWorld }) => centerWorld);
}
