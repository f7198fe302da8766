import type { Frame } from './canvas.ts';
import { createRandom } from './random.ts';

const side = 64;

/** Periodic lattice of standard normal numbers: `side`³ of them. */
export type Lattice = Float32Array;

export function createLattice(seed: number): Lattice {
  const random = createRandom(seed, 'texture');
  return Float32Array.from({ length: side ** 3 }, () => random.normal());
}

/**
 * Fills `out` with a smooth random field over the slice at `z`: value noise of two sizes, in mm, that continues
 * from slice to slice.
 */
export function fillTexture(
  lattice: Lattice,
  frame: Frame,
  z: number,
  out: Float32Array,
  cells: readonly number[] = [14, 4.5],
): void {
  out.fill(0);
  for (const [octave, cell] of cells.entries())
    addOctave(lattice, frame, z + 37 * octave, out, cell, octave === 0 ? 0.9 : 1.1);
}

function addOctave(
  lattice: Lattice,
  frame: Frame,
  z: number,
  out: Float32Array,
  cell: number,
  weight: number,
): void {
  const { width, height, pixel } = frame;
  const layer = z / cell;
  const below = Math.floor(layer);
  const up = fade(layer - below);
  const lower = wrap(below) * side * side;
  const upper = wrap(below + 1) * side * side;
  const column = new Int32Array(width);
  const across = new Float32Array(width);
  for (let x = 0; x < width; x++) {
    const at = (frame.x0 + x * pixel) / cell;
    column[x] = wrap(Math.floor(at));
    across[x] = fade(at - Math.floor(at));
  }
  const row = new Float32Array(side);
  for (let y = 0; y < height; y++) {
    const at = (frame.y0 + y * pixel) / cell;
    const first = wrap(Math.floor(at)) * side;
    const second = wrap(Math.floor(at) + 1) * side;
    const down = fade(at - Math.floor(at));
    for (let k = 0; k < side; k++) {
      const a = lattice[lower + first + k]! * (1 - down) + lattice[lower + second + k]! * down;
      const b = lattice[upper + first + k]! * (1 - down) + lattice[upper + second + k]! * down;
      row[k] = weight * (a * (1 - up) + b * up);
    }
    const line = y * width;
    for (let x = 0; x < width; x++) {
      const k = column[x]!;
      const left = row[k]!;
      out[line + x]! += left + across[x]! * (row[(k + 1) % side]! - left);
    }
  }
}

function fade(t: number): number {
  return t * t * (3 - 2 * t);
}

function wrap(i: number): number {
  return ((i % side) + side) % side;
}
