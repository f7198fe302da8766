import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { ChunkSet } from '../chunks/chunk.ts';
import { type Augmentation, type CropAffine, drawAffine, movesPixels } from '../crop/augmentation.ts';
import type { CropSize } from '../crop/crop.ts';
import type { RandomGenerator } from '../generator.ts';

/** Everything that was drawn for one crop, as plain data: the same sample always renders to the same bytes. */
export interface Sample {
  /** Index into the set's chunks. */
  readonly chunk: number;
  /** Label slice within the chunk. */
  readonly slice: number;
  /** First row of the crop within the chunk, before augmentation. */
  readonly row: number;
  /** First column of the crop within the chunk, before augmentation. */
  readonly column: number;
  /** Where each pixel comes from; absent where no pixel is moved. */
  readonly affine?: CropAffine;
  readonly noise?: Noise;
}

/** Gaussian noise of one sample. */
export interface Noise {
  /** Standard deviation in HU. */
  readonly sigma: number;
  /** State of the generator that draws it. */
  readonly state: readonly number[];
}

/** What to draw samples with. */
export interface SampleOptions {
  readonly crop: CropSize;
  /** First and last start of a crop in its chunk, along rows and along columns. */
  readonly cropStart: { readonly rows: StartRange; readonly columns: StartRange };
  readonly augmentation: Augmentation;
}

/** Whole pixels, both ends included. */
export type StartRange = readonly [first: number, last: number];

/** Draws one sample of a chunk: any of its label slices, any start of the crop, any augmentation. */
export function drawSample(
  { chunks }: ChunkSet,
  chunk: number,
  { crop, cropStart, augmentation }: SampleOptions,
  generator: RandomGenerator,
): Sample {
  const slice = uniformInt(generator, 0, chunks[chunk]!.labelSlices - 1);
  const row = uniformInt(generator, ...cropStart.rows);
  const column = uniformInt(generator, ...cropStart.columns);
  const affine = drawAffine(augmentation, { row, column, ...crop }, generator);
  return {
    chunk,
    slice,
    row,
    column,
    ...(movesPixels(augmentation) && { affine }),
    ...(augmentation.noise && { noise: { sigma: augmentation.noise, state: generator.getState() } }),
  };
}
