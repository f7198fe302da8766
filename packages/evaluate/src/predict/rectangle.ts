/** Pixels of a slice: rows `top` … `bottom − 1`, columns `left` … `right − 1`. */
export interface Rectangle {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** Height and width in pixels. */
export interface PixelSize {
  readonly height: number;
  readonly width: number;
}

/** The size of a rectangle. */
export function sizeOf({ top, left, bottom, right }: Rectangle): PixelSize {
  return { height: bottom - top, width: right - left };
}

/** The smallest rectangle around the pixels of a mask that lie in `within`; `undefined` if there are none. */
export function rectangleAround(
  mask: Uint8Array,
  { height, width }: PixelSize,
  within: Rectangle,
): Rectangle | undefined {
  let top = Number.POSITIVE_INFINITY;
  let left = Number.POSITIVE_INFINITY;
  let bottom = 0;
  let right = 0;
  const end = Math.min(within.right, width);
  for (let y = within.top; y < Math.min(within.bottom, height); y++) {
    for (let x = within.left; x < end; x++) {
      if (mask[y * width + x] === 0) continue;
      if (y < top) top = y;
      if (x < left) left = x;
      if (x >= right) right = x + 1;
      bottom = y + 1;
    }
  }
  return bottom === 0 ? undefined : { top, left, bottom, right };
}
