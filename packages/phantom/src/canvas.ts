/** Where the pixels of a slice lie in the anatomical plane, in mm. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Distance of pixel centres, alike along x and y. */
  readonly pixel: number;
  /** Slice thickness, over which partial volume is averaged. */
  readonly thickness: number;
  /** Centre of pixel (0, 0). */
  readonly x0: number;
  readonly y0: number;
}

/** One slice in the making: shapes gather in `coverage`, then `paint` puts them into `hu` in one go. */
export interface Canvas {
  readonly frame: Frame;
  readonly hu: Float32Array;
  /** Share of each pixel that is lung: what is painted over a lung takes its share away. */
  readonly lung: Float32Array;
  /** Share of each pixel that the gathered shapes cover; all zero between two paints. */
  readonly coverage: Float32Array;
  /** Smooth random field of about unit variance that gives tissues their unevenness. */
  readonly texture: Float32Array;
  /** Signed areas of polygon edges, one guard column wider than the slice. */
  readonly edges: Float32Array;
  /** What of `coverage` is in use: first and last (exclusive) column and row. */
  readonly dirty: Int32Array;
}

/** Allocates a slice of air. */
export function createCanvas(frame: Frame): Canvas {
  const pixels = frame.width * frame.height;
  return {
    frame,
    hu: new Float32Array(pixels),
    lung: new Float32Array(pixels),
    coverage: new Float32Array(pixels),
    texture: new Float32Array(pixels),
    edges: new Float32Array((frame.width + 2) * frame.height),
    dirty: Int32Array.of(frame.width, 0, frame.height, 0),
  };
}

/** Marks a box of pixels as covered by shapes; returns false where it misses the slice. */
export function touch(canvas: Canvas, x0: number, x1: number, y0: number, y1: number): boolean {
  const { dirty } = canvas;
  if (x0 >= x1 || y0 >= y1) return false;
  dirty[0] = Math.min(dirty[0]!, x0);
  dirty[1] = Math.max(dirty[1]!, x1);
  dirty[2] = Math.min(dirty[2]!, y0);
  dirty[3] = Math.max(dirty[3]!, y1);
  return true;
}

/** How `paint` mixes a tissue in. */
export interface Paint {
  /** HU added per unit of the texture field. */
  texture?: number;
  /** Share of each pixel that may be painted at all. */
  within?: Float32Array;
  /** `lung`: what is painted is lung; `keep`: it lies in the lung and takes nothing of it; else it displaces lung. */
  lung?: 'lung' | 'keep';
  /** Leaves alone what is denser already. */
  brighten?: boolean;
}

/** Mixes a tissue of the given HU into the slice wherever shapes were gathered, and clears these. */
export function paint(
  canvas: Canvas,
  value: number,
  { texture = 0, within, lung, brighten = false }: Paint = {},
): void {
  const { hu, coverage, dirty, frame } = canvas;
  const lungShare = canvas.lung;
  const field = canvas.texture;
  for (let y = dirty[2]!; y < dirty[3]!; y++) {
    const end = y * frame.width + dirty[1]!;
    for (let i = y * frame.width + dirty[0]!; i < end; i++) {
      let share = coverage[i]!;
      if (share === 0) continue;
      coverage[i] = 0;
      if (within) share *= within[i]!;
      const change = value + texture * field[i]! - hu[i]!;
      if (brighten && change < 0) continue;
      hu[i]! += share * change;
      if (lung === 'lung') lungShare[i]! += share * (1 - lungShare[i]!);
      else if (lung === undefined) lungShare[i]! *= 1 - share;
    }
  }
  clearDirty(canvas);
}

/** Copies the gathered coverage into a buffer of the caller's, within the touched box, and clears it. */
export function takeCoverage(canvas: Canvas, into: Float32Array): void {
  const { coverage, dirty, frame } = canvas;
  for (let y = dirty[2]!; y < dirty[3]!; y++) {
    const start = y * frame.width + dirty[0]!;
    into.set(coverage.subarray(start, y * frame.width + dirty[1]!), start);
  }
  clearCoverage(canvas);
}

/** Forgets the gathered shapes. */
export function clearCoverage(canvas: Canvas): void {
  const { coverage, dirty, frame } = canvas;
  for (let y = dirty[2]!; y < dirty[3]!; y++) {
    coverage.fill(0, y * frame.width + dirty[0]!, y * frame.width + Math.max(dirty[0]!, dirty[1]!));
  }
  clearDirty(canvas);
}

function clearDirty({ dirty, frame }: Canvas): void {
  dirty[0] = frame.width;
  dirty[1] = 0;
  dirty[2] = frame.height;
  dirty[3] = 0;
}
