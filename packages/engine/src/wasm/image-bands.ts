import type { Heap } from './heap.ts';

/** A batch of images on the heap, `[batch, height, width, channels]`. */
export interface Images {
  readonly address: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** How windows of `tapsY` × `tapsX` pixels, `strideY` and `strideX` apart, lie on an image. */
export interface Windows {
  readonly rows: number;
  readonly columns: number;
  readonly tapsY: number;
  readonly tapsX: number;
  readonly strideY: number;
  readonly strideX: number;
  /** Rows and columns of zeros before the image; negative where the windows begin inside it. */
  readonly top: number;
  readonly left: number;
}

/** The pixels that some rows of windows read, zeros included. */
export interface Bands {
  /** Bytes between two rows of pixels. */
  readonly rowStep: number;
  /** Rows of windows in a band. */
  readonly rows: number;
  /** Address of the first pixel of the band that begins at a row of windows of image `n`; valid until the next call. */
  at(n: number, row: number): number;
}

/** Copied bands stay in the second-level cache while a convolution reads them. */
const bandBytes = 256 * 1024;

/** Cuts images into bands of window rows: in place where the windows lie inside, else copied with their padding. */
export function cutBands(heap: Heap, images: Images, windows: Windows): Bands {
  const { address, height, width, channels } = images;
  const { rows, columns, tapsY, tapsX, strideY, strideX, top, left } = windows;
  const imageBytes = height * width * channels * 4;
  const windowHeight = (rows - 1) * strideY + tapsY;
  const windowWidth = (columns - 1) * strideX + tapsX;
  if (top === 0 && left === 0 && windowHeight <= height && windowWidth <= width) {
    const rowStep = width * channels * 4;
    return { rowStep, rows, at: (n, row) => address + n * imageBytes + row * strideY * rowStep };
  }
  const rowStep = windowWidth * channels * 4;
  const fitting = Math.floor((bandBytes / rowStep - tapsY) / strideY) + 1;
  const bandRows = Math.min(rows, Math.max(4, fitting));
  const scratch = heap.scratch('image', ((bandRows - 1) * strideY + tapsY) * rowStep);
  return {
    rowStep,
    rows: bandRows,
    at(n, row) {
      heap.kernels.padImage(
        address + n * imageBytes,
        scratch,
        height,
        width,
        channels,
        top - row * strideY,
        left,
        (Math.min(bandRows, rows - row) - 1) * strideY + tapsY,
        windowWidth,
        channels,
      );
      return scratch;
    },
  };
}
