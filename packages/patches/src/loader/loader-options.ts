import { assertChunkSize, type ChunkSet } from '../chunks/chunk.ts';
import { type Augmentation, assertAugmentation } from '../crop/augmentation.ts';
import { type CropSize, defaultCropSize } from '../crop/crop.ts';
import type { StartRange } from './sample.ts';

/** How batches are drawn and prepared. */
export interface LoaderOptions {
  /** Crops per batch. */
  readonly batchSize: number;
  /** Safe integer that every random choice follows from. */
  readonly seed: number;
  /** Worker threads; 0 prepares each batch in the calling thread when it is asked for. */
  readonly numWorkers?: number;
  /** Batches prepared ahead beyond the one in use and one per worker. */
  readonly prefetch?: number;
  /** What is varied at random beside label slice and crop start; nothing by default. */
  readonly augmentation?: Augmentation;
  /** 64×64 by default. */
  readonly crop?: CropSize;
  /** First and last start of a crop in its chunk, both included; by default all that fit, 0 to 32. */
  readonly cropStart?: { readonly rows: StartRange; readonly columns: StartRange };
  /** Negatives in an epoch for each sample of a nodule; by default as many as the set has. */
  readonly negativesPerPositive?: number;
  /** How often each nodule comes in an epoch. */
  readonly samplesPerNodule?: number;
  /** Leaves out an epoch's last batch where it is not full. */
  readonly dropLast?: boolean;
}

/** Fills in the defaults and checks every value against the chunks. */
export function resolveOptions(set: ChunkSet, options: LoaderOptions): Required<LoaderOptions> {
  const { size, chunks } = set;
  const crop = options.crop ?? defaultCropSize;
  const nodules = chunks.filter(({ kind }) => kind === 'nodule').length;
  const resolved: Required<LoaderOptions> = {
    numWorkers: 0,
    prefetch: 1,
    augmentation: {},
    cropStart: { rows: [0, size.rows - crop.rows], columns: [0, size.columns - crop.columns] },
    negativesPerPositive: nodules > 0 ? (chunks.length - nodules) / nodules : 0,
    samplesPerNodule: 1,
    dropLast: false,
    ...withoutUndefined(options),
    crop,
  };
  assertCount('batchSize', resolved.batchSize, 1);
  assertCount('numWorkers', resolved.numWorkers, 0);
  assertCount('prefetch', resolved.prefetch, 0);
  assertCount('crop.rows', crop.rows, 1);
  assertCount('crop.columns', crop.columns, 1);
  if (!Number.isSafeInteger(resolved.seed)) {
    throw new RangeError(`Cannot load batches with seed ${resolved.seed}: expected a safe integer`);
  }
  if (crop.rows > size.rows || crop.columns > size.columns) {
    throw new RangeError(
      `Cannot crop ${crop.rows}x${crop.columns}: the chunks are ${size.rows}x${size.columns}`,
    );
  }
  assertStart('rows', resolved.cropStart.rows, size.rows - crop.rows);
  assertStart('columns', resolved.cropStart.columns, size.columns - crop.columns);
  assertAugmentation(resolved.augmentation);
  assertChunks(set);
  return resolved;
}

function assertChunks({ size, chunks }: ChunkSet): void {
  assertChunkSize(size);
  const plane = size.rows * size.columns;
  chunks.forEach((chunk, i) => {
    // Opening a store checks the sizes of its chunks.
    if ('files' in chunk) return;
    const { image, label, labelSlices, seriesUid } = chunk;
    const whole = Number.isInteger(labelSlices) && labelSlices > 0;
    if (
      !whole ||
      label.length !== labelSlices * plane ||
      image.length !== (labelSlices + size.slices - 1) * plane
    ) {
      throw new RangeError(
        `Cannot load chunk ${i} of ${seriesUid}: ${image.length} voxels and ${label.length} labels do not make ` +
          `${labelSlices} label slices of ${size.slices}x${size.rows}x${size.columns}`,
      );
    }
  });
}

function assertCount(name: string, value: number, least: number): void {
  if (!(Number.isInteger(value) && value >= least)) {
    throw new RangeError(`Cannot load batches: ${name} is ${value}, expected a whole number from ${least}`);
  }
}

function assertStart(name: string, [first, last]: StartRange, most: number): void {
  const whole = Number.isInteger(first) && Number.isInteger(last);
  if (!(whole && first >= 0 && first <= last && last <= most)) {
    throw new RangeError(
      `Cannot load batches: cropStart.${name} is [${first}, ${last}], expected whole pixels within [0, ${most}]`,
    );
  }
}

function withoutUndefined(options: LoaderOptions): LoaderOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as unknown as LoaderOptions;
}
