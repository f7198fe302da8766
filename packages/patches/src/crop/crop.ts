/** A crop and its label, as the model takes them. */
export interface Crop {
  /** HU, `[rows, columns, slices]`, slices fastest. */
  readonly image: Float32Array;
  /** 1 inside a nodule, else 0, `[rows, columns]`. */
  readonly label: Float32Array;
}

/** Counts of a crop's rows and columns. */
export interface CropSize {
  readonly rows: number;
  readonly columns: number;
}

/** The crop of the reference recipe, 64×64. */
export const defaultCropSize: CropSize = { rows: 64, columns: 64 };

/** Allocates a crop of zeros. */
export function emptyCrop({ rows, columns }: CropSize, slices: number): Crop {
  return {
    image: new Float32Array(rows * columns * slices),
    label: new Float32Array(rows * columns),
  };
}
