import type { Heap } from './heap.ts';

/** A batch of images on the heap, `[batch, height, width, channels]`. */
export interface Images {
  readonly address: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** The part of an image that a kernel reads: from `-top`, `-left`, zero outside the image. */
export interface Window {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** Where one image's window lies, and the distance between its rows, in bytes. */
export interface PaddedImages {
  readonly rowStep: number;
  /** Address of the window of image `n`; valid until the next call. */
  at(n: number): number;
}

/** Gives each image's window in turn: in place where it lies inside the image, else copied to scratch memory. */
export function padImages(heap: Heap, images: Images, window: Window): PaddedImages {
  const { address, height, width, channels } = images;
  const imageBytes = height * width * channels * 4;
  const inside = window.top === 0 && window.left === 0 && window.height <= height && window.width <= width;
  if (inside) return { rowStep: width * channels * 4, at: (n) => address + n * imageBytes };
  const scratch = heap.scratch('image', window.height * window.width * channels * 4);
  return {
    rowStep: window.width * channels * 4,
    at(n) {
      heap.kernels.padImage(
        address + n * imageBytes,
        scratch,
        height,
        width,
        channels,
        window.top,
        window.left,
        window.height,
        window.width,
        channels,
      );
      return scratch;
    },
  };
}
