/** Plain JavaScript convolution and pooling with their analytic gradients: the truth that the kernels are held to. */

export interface Shape {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export interface Window2d {
  readonly size: [number, number];
  readonly strides: [number, number];
  readonly pad: 'same' | 'valid';
}

interface Axis {
  readonly out: number;
  readonly before: number;
}

/** TensorFlow's output size and leading padding along one axis. */
export function axisOf(length: number, size: number, stride: number, pad: 'same' | 'valid'): Axis {
  if (pad === 'valid') return { out: Math.floor((length - size) / stride) + 1, before: 0 };
  const out = Math.ceil(length / stride);
  return { out, before: Math.floor(Math.max(0, (out - 1) * stride + size - length) / 2) };
}

/** Calls `visit(output pixel, input pixel, tap)` for every pair of pixels that a window joins; `tap` is flat. */
function forEachTap(
  shape: Shape,
  { size, strides, pad }: Window2d,
  visit: (outPixel: number, inPixel: number, tap: number) => void,
): { outHeight: number; outWidth: number } {
  const rows = axisOf(shape.height, size[0], strides[0], pad);
  const columns = axisOf(shape.width, size[1], strides[1], pad);
  for (let n = 0; n < shape.batch; n++) {
    for (let row = 0; row < rows.out; row++) {
      for (let column = 0; column < columns.out; column++) {
        for (let ky = 0; ky < size[0]; ky++) {
          for (let kx = 0; kx < size[1]; kx++) {
            const y = row * strides[0] + ky - rows.before;
            const x = column * strides[1] + kx - columns.before;
            if (y < 0 || x < 0 || y >= shape.height || x >= shape.width) continue;
            const outPixel = (n * rows.out + row) * columns.out + column;
            visit(outPixel, (n * shape.height + y) * shape.width + x, ky * size[1] + kx);
          }
        }
      }
    }
  }
  return { outHeight: rows.out, outWidth: columns.out };
}

export interface ConvolutionResult {
  readonly out: Float64Array;
  readonly outShape: [number, number, number, number];
  readonly inputGradient: Float64Array;
  readonly filterGradient: Float64Array;
}

/** Convolution in float64, and the gradients of Σ weights · output by input and filter. */
export function convolution(
  x: ArrayLike<number>,
  shape: Shape,
  filter: ArrayLike<number>,
  outputs: number,
  window: Window2d,
  weights: ArrayLike<number>,
): ConvolutionResult {
  const { channels } = shape;
  const out = new Float64Array(weights.length);
  const inputGradient = new Float64Array(x.length);
  const filterGradient = new Float64Array(filter.length);
  const { outHeight, outWidth } = forEachTap(shape, window, (outPixel, inPixel, tap) => {
    for (let i = 0; i < channels; i++) {
      for (let o = 0; o < outputs; o++) {
        const f = (tap * channels + i) * outputs + o;
        const weight = weights[outPixel * outputs + o]!;
        out[outPixel * outputs + o]! += x[inPixel * channels + i]! * filter[f]!;
        inputGradient[inPixel * channels + i]! += weight * filter[f]!;
        filterGradient[f]! += weight * x[inPixel * channels + i]!;
      }
    }
  });
  return { out, outShape: [shape.batch, outHeight, outWidth, outputs], inputGradient, filterGradient };
}

/** Gradient of Σ weights · pool(x) by x. Max pooling hands a tie to the first element of the window. */
export function poolGradient(
  kind: 'max' | 'avg',
  x: ArrayLike<number>,
  shape: Shape,
  window: Window2d,
  weights: ArrayLike<number>,
): Float64Array {
  const { channels } = shape;
  const members = new Map<number, number[]>();
  forEachTap(shape, window, (outPixel, inPixel) => {
    members.set(outPixel, [...(members.get(outPixel) ?? []), inPixel]);
  });
  const gradient = new Float64Array(x.length);
  for (const [outPixel, inPixels] of members) {
    for (let c = 0; c < channels; c++) {
      const weight = weights[outPixel * channels + c]!;
      if (kind === 'avg') {
        for (const p of inPixels) gradient[p * channels + c]! += weight / inPixels.length;
      } else {
        const values = inPixels.map((p) => x[p * channels + c]!);
        gradient[inPixels[values.indexOf(Math.max(...values))]! * channels + c]! += weight;
      }
    }
  }
  return gradient;
}
