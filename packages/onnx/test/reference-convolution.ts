/** A convolution of images [N, …size, C] with a filter [...window, C, O], or [...window, C, M] of each channel's own. */
export interface ReferenceCase {
  readonly size: readonly number[];
  readonly outSize: readonly number[];
  readonly window: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Pixels before the first, for each axis. */
  readonly before: readonly number[];
  readonly batch: number;
  readonly channels: number;
  /** Output channels, or with `depthwise` those of each input channel. */
  readonly filters: number;
  readonly depthwise: boolean;
}

/** The result for x and the filter, and the gradients for dy, by the definition and in float64. */
export function referenceConvolution(
  given: ReferenceCase,
  x: ArrayLike<number>,
  filter: ArrayLike<number>,
  dy: ArrayLike<number>,
): { y: Float64Array; dx: Float64Array; dFilter: Float64Array } {
  const { size, outSize, window, batch, channels, filters, depthwise } = given;
  const outChannels = depthwise ? channels * filters : filters;
  const y = new Float64Array(dy.length);
  const dx = new Float64Array(x.length);
  const dFilter = new Float64Array(filter.length);
  const pixels = outSize.reduce((a, b) => a * b, 1);
  const places = window.reduce((a, b) => a * b, 1);
  const inPixels = size.reduce((a, b) => a * b, 1);
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let place = 0; place < places; place++) {
      const at = sourceOf(given, pixel, place);
      if (at === undefined) continue;
      for (let image = 0; image < batch; image++) {
        for (let c = 0; c < channels; c++) {
          const from = (image * inPixels + at) * channels + c;
          for (let f = 0; f < filters; f++) {
            const to = (image * pixels + pixel) * outChannels + (depthwise ? c * filters + f : f);
            const weight = (place * channels + c) * filters + f;
            y[to]! += x[from]! * filter[weight]!;
            dx[from]! += dy[to]! * filter[weight]!;
            dFilter[weight]! += dy[to]! * x[from]!;
          }
        }
      }
    }
  }
  return { y, dx, dFilter };
}

/** The input pixel that an output pixel sees at a place of its window; undefined outside the image. */
function sourceOf(given: ReferenceCase, pixel: number, place: number): number | undefined {
  const { size, outSize, window, strides, dilations, before } = given;
  let source = 0;
  let [out, part] = [pixel, place];
  let step = 1;
  for (let axis = size.length - 1; axis >= 0; axis--) {
    const o = out % outSize[axis]!;
    const k = part % window[axis]!;
    out = (out - o) / outSize[axis]!;
    part = (part - k) / window[axis]!;
    const i = o * strides[axis]! + k * dilations[axis]! - before[axis]!;
    if (i < 0 || i >= size[axis]!) return undefined;
    source += i * step;
    step *= size[axis]!;
  }
  return source;
}
