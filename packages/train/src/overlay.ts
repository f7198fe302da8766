import { encode } from 'fast-png';

/** An RGB picture, 3 bytes a pixel, row-major. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** One slice of a scan with what is there and what was predicted, each row-major `[height, width]`. */
export interface OverlaySlice {
  readonly width: number;
  readonly height: number;
  readonly hu: ArrayLike<number>;
  /** 0 … 1. */
  readonly probability: ArrayLike<number>;
  /** 0 or 1. */
  readonly label: ArrayLike<number>;
}

/** The HU that are drawn black and white: the usual lung window, width 1,500 at level −600. */
const WINDOW = [-1350, 150] as const;

/** Share of the colour in a coloured pixel, so that the CT shows through. */
const OPACITY = 0.6;

const TRUE_POSITIVE = [0, 200, 80] as const;
const FALSE_NEGATIVE = [255, 150, 0] as const;
const FALSE_POSITIVE = [230, 30, 30] as const;

/**
 * Draws a prediction over its CT slice: true positives green, false negatives orange, false positives red.
 *
 * @example
 * ```ts
 * const slice = { width: 2, height: 1, hu: [-1350, 150], probability: [0, 0.9], label: [0, 0] };
 * drawOverlay(slice).rgb; // [0, 0, 0,  240, 120, 120]: a black pixel, and white under 60 % red
 * ```
 */
export function drawOverlay(
  slice: OverlaySlice,
  { threshold = 0.5 }: { readonly threshold?: number } = {},
): Picture {
  const { width, height, hu, probability, label } = slice;
  const rgb = new Uint8Array(width * height * 3);
  const [black, white] = WINDOW;
  for (let pixel = 0; pixel < width * height; pixel++) {
    const grey = Math.min(255, Math.max(0, ((hu[pixel]! - black) / (white - black)) * 255));
    const predicted = probability[pixel]! > threshold;
    const colour = label[pixel]
      ? predicted
        ? TRUE_POSITIVE
        : FALSE_NEGATIVE
      : predicted
        ? FALSE_POSITIVE
        : undefined;
    for (let c = 0; c < 3; c++) {
      rgb[pixel * 3 + c] = Math.round(colour ? grey * (1 - OPACITY) + colour[c]! * OPACITY : grey);
    }
  }
  return { width, height, rgb };
}

/** Encodes a picture as PNG. */
export function encodePng({ width, height, rgb }: Picture): Uint8Array {
  return encode({ width, height, data: rgb, channels: 3, depth: 8 });
}
