import { createRandom } from './random.ts';

const side = 1024;

/** Periodic tile of noise with unit variance, correlated as a reconstruction kernel leaves it. */
export interface NoiseTile {
  readonly values: Float32Array;
  readonly side: number;
}

/**
 * Makes a tile whose neighbouring pixels correlate like those of a CT.
 *
 * @param blur share of each neighbour in the three-tap filter, per axis: 0 white, 0.25 soft.
 */
export function createNoiseTile(seed: number, blur: number): NoiseTile {
  const random = createRandom(seed, 'noise');
  let values = new Float32Array(side * side);
  for (let i = 0; i < values.length; i++) values[i] = random.normal();
  const mask = side - 1;
  for (const stride of [1, side]) {
    const next = new Float32Array(values.length);
    for (let i = 0; i < values.length; i++) {
      const row = stride === 1 ? i & ~mask : i & mask;
      const at = stride === 1 ? i & mask : i >>> 10;
      const before = row + ((at - 1) & mask) * stride;
      const after = row + ((at + 1) & mask) * stride;
      next[i] = (1 - 2 * blur) * values[i]! + blur * (values[before]! + values[after]!);
    }
    values = next;
  }
  const gain = 1 / ((1 - 2 * blur) ** 2 + 2 * blur ** 2);
  for (let i = 0; i < values.length; i++) values[i]! *= gain;
  return { values, side };
}

/** Blurs a slice in place by `[share, 1 - 2 share, share]` along rows and columns: the scanner's point spread. */
export function blurSlice(
  hu: Float32Array,
  width: number,
  height: number,
  share: number,
  row: Float32Array,
): void {
  if (share <= 0) return;
  const rest = 1 - 2 * share;
  for (let y = 0; y < height; y++) {
    const line = y * width;
    let before = hu[line]!;
    for (let x = 0; x < width; x++) {
      const here = hu[line + x]!;
      const after = hu[x + 1 < width ? line + x + 1 : line + x]!;
      hu[line + x] = rest * here + share * (before + after);
      before = here;
    }
  }
  row.set(hu.subarray(0, width));
  for (let y = 0; y < height; y++) {
    const line = y * width;
    const below = y + 1 < height ? line + width : line;
    for (let x = 0; x < width; x++) {
      const here = hu[line + x]!;
      hu[line + x] = rest * here + share * (row[x]! + hu[below + x]!);
      row[x] = here;
    }
  }
}
