import {
  addScanCounts,
  cpm,
  froc,
  measureScan,
  predictSlices,
  recallFirstScore,
  type ScanCounts,
  type ScanMeasurement,
  type ScanScores,
  scanCounts,
  scanScores,
} from '@lunet/evaluate';
import { type Geometry, type Nodule, toVoxels, type Volume, worldToIndex } from '@lunet/io';
import { addCounts, countPixels, noCounts } from '@lunet/losses';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { OverlaySlice } from './overlay.ts';

/** A scan that a model is validated on; its voxels are loaded when its turn comes, and let go after it. */
export interface ValidationScan {
  readonly seriesUid: string;
  readonly nodules: readonly Nodule[];
  readonly excluded?: readonly Nodule[];
  /** HU, and the mask of 0 and 1 on the same grid. */
  load(): Promise<{ readonly volume: Volume<Int16Array>; readonly truth: Volume<Uint8Array> }>;
}

/** How much of the scans is validated, and what is shown of it. */
export interface ValidateScansOptions {
  /**
   * Predict every n-th slice only, at least one a scan. With 1, every slice index, nodules and false positives are counted in 3-D; with
   * more only pixels are counted, and the nodules stay 0.
   */
  readonly sliceStride?: number;
  /** Overlays are kept of the first scans only. */
  readonly overlayScans?: number;
  /** Evenly spaced slices of such a scan that are kept, besides the one nearest to each nodule's centre. */
  readonly overlaySlices?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onSlice?: ((progress: SliceProgress) => void) | undefined;
}

/** How far a validation is. */
export interface SliceProgress {
  readonly scan: number;
  readonly scans: number;
  readonly slice: number;
  readonly slices: number;
}

/** An overlay and the name of its file. */
export interface NamedOverlay extends OverlaySlice {
  readonly name: string;
}

/** How well nodules were found, by LUNA16's official rule. */
export interface NoduleScores {
  /** Share of the nodules found at the threshold of 0.5. */
  readonly noduleSensitivity: number;
  /** LUNA16's score, over the candidates above the threshold. */
  readonly cpm: number;
}

/** What a validation found. */
export interface Validation {
  readonly scores: ScanScores;
  /**
   * The recall-first score of `scores`, by which the best model is picked; 0 where there was no nodule pixel to be found,
   * since there the model that predicts nothing would win.
   */
  readonly score: number;
  /** Counts per scan, in the scans' order. */
  readonly scans: readonly ScanCounts[];
  /** Where every slice was validated and there was a nodule to be found. */
  readonly noduleScores?: NoduleScores | undefined;
  readonly overlays: readonly NamedOverlay[];
}

/**
 * Validates a model on whole slices, with nodules or without; the counts are summed over all pixels.
 *
 * One scan is in memory at a time: its HU, its mask and, with a stride of 1, its probabilities
 * (8 bytes a voxel, and the runs of the components). The overlays stay: 7 bytes a pixel.
 *
 * @throws {RangeError} if there are no scans, one is there twice, or the stride is not a whole number from 1.
 * @throws {TypeError} if a scan's mask differs from it in shape.
 * @throws the signal's reason, if it aborts.
 */
export async function validateScans(
  model: LayersModel,
  scans: readonly ValidationScan[],
  { sliceStride = 1, overlayScans = 12, overlaySlices = 6, signal, onSlice }: ValidateScansOptions = {},
): Promise<Validation> {
  if (scans.length === 0) throw new RangeError('Cannot validate: there are no scans');
  const twice = scans.find(
    ({ seriesUid }, place) => scans.findIndex((s) => s.seriesUid === seriesUid) < place,
  );
  if (twice) throw new RangeError(`Cannot validate: scan ${twice.seriesUid} is in the list twice`);
  if (!(Number.isInteger(sliceStride) && sliceStride >= 1)) {
    throw new RangeError(`Cannot validate every ${sliceStride}-th slice: give a whole number from 1`);
  }
  const counts: ScanCounts[] = [];
  const measurements: ScanMeasurement[] = [];
  const overlays: NamedOverlay[] = [];
  for (const [index, scan] of scans.entries()) {
    signal?.throwIfAborted();
    const { volume, truth } = await scan.load();
    const { geometry } = volume;
    const [width, height, depth] = geometry.size;
    if (truth.voxels.shape.join() !== volume.voxels.shape.join()) {
      throw new TypeError(
        `Cannot validate ${scan.seriesUid}: its voxels are ${volume.voxels.shape.join('x')}, its mask ${truth.voxels.shape.join('x')}`,
      );
    }
    const slices = everyNth(depth, sliceStride);
    const shown = index < overlayScans ? shownSlices(scan, geometry, slices, overlaySlices) : new Set();
    const whole = sliceStride === 1 ? new Float32Array(width * height * depth) : undefined;
    let pixels = noCounts;
    let done = 0;
    for await (const { z, probability } of predictSlices(model, volume, { slices, signal })) {
      const from = z * width * height;
      const label = truth.voxels.data.subarray(from, from + width * height);
      if (whole) whole.set(probability, from);
      else pixels = addCounts(pixels, countPixels(label, probability));
      if (shown.has(z)) {
        const hu = volume.voxels.data.slice(from, from + width * height);
        const name = `${scan.seriesUid}-z${String(z).padStart(3, '0')}`;
        overlays.push({ name, width, height, hu, probability, label: label.slice() });
      }
      onSlice?.({ scan: index + 1, scans: scans.length, slice: ++done, slices: slices.length });
    }
    if (whole) {
      const prediction = { geometry, voxels: toVoxels(whole, [depth, height, width]) };
      const { seriesUid, nodules, excluded = [] } = scan;
      const measured = measureScan(prediction, { seriesUid, nodules, excluded, truth });
      measurements.push(measured);
      counts.push(scanCounts(measured));
    } else counts.push({ ...pixels, scans: 1, nodules: 0, nodulesFound: 0, falseCandidates: 0 });
  }
  const sum = addScanCounts(counts);
  const scores = scanScores(sum);
  const hasNodule = sum.truePositives + sum.falseNegatives > 0;
  return {
    scores,
    score: hasNodule ? recallFirstScore(scores) : 0,
    scans: counts,
    noduleScores: sum.nodules > 0 ? noduleScores(scores, measurements) : undefined,
    overlays,
  };
}

function noduleScores(
  { nodules, nodulesFound }: ScanScores,
  measurements: readonly ScanMeasurement[],
): NoduleScores {
  const scans = measurements.map((scan) => ({ ...scan, marks: scan.candidates }));
  return { noduleSensitivity: nodulesFound / nodules, cpm: cpm(froc(scans)) };
}

/** Every n-th slice index, from the middle of the first run on; the last slice if there are fewer. */
function everyNth(depth: number, stride: number): number[] {
  const slices: number[] = [];
  for (let z = Math.min(depth - 1, Math.floor(stride / 2)); z < depth; z += stride) slices.push(z);
  return slices;
}

/** Some evenly spaced ones of the predicted slices, and the one nearest to each nodule's centre. */
function shownSlices(
  scan: ValidationScan,
  geometry: Geometry,
  slices: readonly number[],
  evenly: number,
): Set<number> {
  const shown = new Set<number>();
  for (let i = 0; i < evenly; i++) shown.add(slices[Math.floor(((i + 0.5) * slices.length) / evenly)]!);
  for (const { centerWorld } of scan.nodules) {
    const z = worldToIndex(geometry, centerWorld)[2];
    shown.add(slices.reduce((best, slice) => (Math.abs(slice - z) < Math.abs(best - z) ? slice : best)));
  }
  return shown;
}
