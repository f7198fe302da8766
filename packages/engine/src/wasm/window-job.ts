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

/** Padded bands stay in the second-level cache while a kernel reads them. */
const bandBytes = 256 * 1024;

/**
 * The fields of assembly/window-job.ts, in its order: images are cut into bands of window rows, read in place where
 * the windows lie inside the image, else copied with their padding to scratch memory.
 */
export function windowJob(heap: Heap, images: Images, windows: Windows): number[] {
  const { address, height, width, channels } = images;
  const { rows, columns, tapsY, tapsX, strideY, strideX, top, left } = windows;
  const windowHeight = (rows - 1) * strideY + tapsY;
  const windowWidth = (columns - 1) * strideX + tapsX;
  const inside = top === 0 && left === 0 && windowHeight <= height && windowWidth <= width;
  const rowBytes = windowWidth * channels * 4;
  const fitting = Math.floor((bandBytes / rowBytes - tapsY) / strideY) + 1;
  const bandRows = inside ? 0 : Math.min(rows, Math.max(4, fitting));
  const step = inside ? 0 : ((bandRows - 1) * strideY + tapsY) * rowBytes;
  const scratch = inside ? 0 : heap.scratch('image', step * heap.threads);
  return [
    address,
    height,
    width,
    channels,
    rows,
    columns,
    tapsY,
    tapsX,
    strideY,
    strideX,
    top,
    left,
    bandRows,
    scratch,
    step,
  ];
}
