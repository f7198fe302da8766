import type { Voxels } from '@lunet/io';
import type { Components } from './find-components.ts';

/** Sums over the voxels of each component; one entry a component, three where there is one for x, y and z. */
export interface ComponentSums {
  readonly voxels: Int32Array;
  /** Sum of the probabilities. */
  readonly weights: Float64Array;
  /** Sums of probability times index, x y z. */
  readonly moments: Float64Array;
  /** Sums of the index and of its square, x y z, whatever the probability. */
  readonly places: Float64Array;
  readonly squares: Float64Array;
  /** Highest probability. */
  readonly peaks: Float32Array;
  /** Lowest and highest index, x y z. */
  readonly lows: Int32Array;
  readonly highs: Int32Array;
}

/**
 * Sums up the probabilities of each component, reading its own voxels alone.
 *
 * @param voxels those the components were found in; of a mask every voxel has the probability 1.
 */
export function measureComponents(
  { data, shape }: Voxels<Float32Array | Uint8Array>,
  { starts, ends, components, count }: Components,
): ComponentSums {
  const [, height, width] = shape as [number, number, number];
  const isMask = data instanceof Uint8Array;
  const voxels = new Int32Array(count);
  const weights = new Float64Array(count);
  const moments = new Float64Array(3 * count);
  const places = new Float64Array(3 * count);
  const squares = new Float64Array(3 * count);
  const peaks = new Float32Array(count);
  const lows = new Int32Array(3 * count).fill(0x7fffffff);
  const highs = new Int32Array(3 * count).fill(-1);
  for (let run = 0; run < starts.length; run++) {
    const start = starts[run]!;
    const end = ends[run]!;
    const row = Math.floor(start / width);
    const y = row % height;
    const z = Math.floor(row / height);
    const first = start - row * width;

    let weight = 0;
    let alongX = 0;
    let peak = 0;
    for (let voxel = start; voxel < end; voxel++) {
      const p = isMask ? 1 : data[voxel]!;
      weight += p;
      alongX += p * (voxel - start);
      if (p > peak) peak = p;
    }

    const component = components[run]!;
    const x3 = 3 * component;
    const n = end - start;
    voxels[component]! += n;
    weights[component]! += weight;
    moments[x3]! += alongX + weight * first;
    moments[x3 + 1]! += weight * y;
    moments[x3 + 2]! += weight * z;
    // Over the run, x is first … first + n − 1.
    const steps = (n * (n - 1)) / 2;
    places[x3]! += n * first + steps;
    places[x3 + 1]! += n * y;
    places[x3 + 2]! += n * z;
    squares[x3]! += n * first * first + 2 * first * steps + (steps * (2 * n - 1)) / 3;
    squares[x3 + 1]! += n * y * y;
    squares[x3 + 2]! += n * z * z;
    if (peak > peaks[component]!) peaks[component] = peak;
    lows[x3] = Math.min(lows[x3]!, first);
    lows[x3 + 1] = Math.min(lows[x3 + 1]!, y);
    lows[x3 + 2] = Math.min(lows[x3 + 2]!, z);
    highs[x3] = Math.max(highs[x3]!, first + n - 1);
    highs[x3 + 1] = Math.max(highs[x3 + 1]!, y);
    highs[x3 + 2] = Math.max(highs[x3 + 2]!, z);
  }
  return { voxels, weights, moments, places, squares, peaks, lows, highs };
}
