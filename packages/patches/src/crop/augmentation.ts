import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import type { RandomGenerator } from '../generator.ts';

/** What is done at random to each sample; what is absent is not done. */
export interface Augmentation {
  /** Mirrors rows and columns, each with probability ½. */
  readonly flip?: boolean;
  /** Largest shift along rows and columns, as a fraction of half the crop (the reference's unit: 0.03 of 32 pixels). */
  readonly offset?: number;
  /** Largest relative change of size along rows and columns: 0.2 draws 0.8 to 1.2, less than 1. */
  readonly scale?: number;
  /** Rotates in the plane by 0 to 2π. */
  readonly rotate?: boolean;
  /** Standard deviation of Gaussian noise on the image, in HU. */
  readonly noise?: number;
}

/** What the reference recipe's `--augmented` does. */
export const referenceAugmentation: Augmentation = {
  flip: true,
  offset: 0.03,
  scale: 0.2,
  rotate: true,
  noise: 25,
};

/**
 * Takes `[row, column]` of a crop to a continuous `[row, column]` of its chunk: a 2×3 matrix, row-major, pixels.
 */
export type CropAffine = readonly [
  rowPerRow: number,
  rowPerColumn: number,
  row: number,
  columnPerRow: number,
  columnPerColumn: number,
  column: number,
];

/** Where a crop starts in its chunk, in pixels, and its size. */
export interface CropFrame {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Draws the affine map of one sample: rotate about the crop's centre, scale, flip, shift; one resampling in all.
 *
 * As in the reference, scale and flip act along the chunk's axes and stretch the sampling grid, so a factor above 1
 * shows more of the chunk. Every call draws the same count of random numbers, whatever is switched on.
 */
export function drawAffine(
  { flip = false, offset = 0, scale = 0, rotate = false }: Augmentation,
  { row, column, rows, columns }: CropFrame,
  generator: RandomGenerator,
): CropAffine {
  const mirrorRows = uniformFloat64(generator) < 0.5 && flip ? -1 : 1;
  const mirrorColumns = uniformFloat64(generator) < 0.5 && flip ? -1 : 1;
  const shiftRows = offset * signed(generator) * (rows / 2);
  const shiftColumns = offset * signed(generator) * (columns / 2);
  const stretchRows = mirrorRows * (1 + scale * signed(generator));
  const stretchColumns = mirrorColumns * (1 + scale * signed(generator));
  const turn = uniformFloat64(generator) * 2 * Math.PI;
  const cos = rotate ? Math.cos(turn) : 1;
  const sin = rotate ? Math.sin(turn) : 0;
  const middleRow = (rows - 1) / 2;
  const middleColumn = (columns - 1) / 2;
  const rowPerRow = stretchRows * cos;
  const rowPerColumn = stretchRows * -sin;
  const columnPerRow = stretchColumns * sin;
  const columnPerColumn = stretchColumns * cos;
  return [
    rowPerRow,
    rowPerColumn,
    row + middleRow + shiftRows - rowPerRow * middleRow - rowPerColumn * middleColumn,
    columnPerRow,
    columnPerColumn,
    column + middleColumn + shiftColumns - columnPerRow * middleRow - columnPerColumn * middleColumn,
  ];
}

/** Whether an augmentation moves pixels, and so needs resampling. */
export function movesPixels({ flip, offset, scale, rotate }: Augmentation): boolean {
  return Boolean(flip || offset || scale || rotate);
}

/**
 * Checks the ranges of an augmentation.
 *
 * @throws {RangeError} if offset or noise is negative or not finite, or scale is outside [0, 1).
 */
export function assertAugmentation({ offset = 0, scale = 0, noise = 0 }: Augmentation): void {
  for (const [name, value, limit] of [
    ['offset', offset, Number.POSITIVE_INFINITY],
    ['scale', scale, 1],
    ['noise', noise, Number.POSITIVE_INFINITY],
  ] as const) {
    if (!(value >= 0 && value < limit)) {
      throw new RangeError(
        `Cannot augment with ${name} ${value}: expected 0 or more${limit === 1 ? ', less than 1' : ''}`,
      );
    }
  }
}

function signed(generator: RandomGenerator): number {
  return 2 * uniformFloat64(generator) - 1;
}
