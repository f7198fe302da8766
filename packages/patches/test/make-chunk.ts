import type { Chunk, ChunkSet, ChunkSize } from '../src/index.ts';

/** A chunk from plain numbers, `[slice][row][column]` flattened; the label is 1 where `inside` says so. */
export function makeChunk(
  size: ChunkSize,
  labelSlices: number,
  value: (slice: number, row: number, column: number) => number,
  inside: (labelSlice: number, row: number, column: number) => boolean = () => false,
  kind: Chunk['kind'] = 'nodule',
): Chunk {
  const { rows, columns } = size;
  const plane = rows * columns;
  const depth = labelSlices + size.slices - 1;
  const image = new Int16Array(new SharedArrayBuffer(depth * plane * 2));
  const label = new Uint8Array(new SharedArrayBuffer(labelSlices * plane));
  for (let i = 0; i < image.length; i++) {
    image[i] = value(Math.floor(i / plane), Math.floor(i / columns) % rows, i % columns);
  }
  for (let i = 0; i < label.length; i++) {
    label[i] = inside(Math.floor(i / plane), Math.floor(i / columns) % rows, i % columns) ? 1 : 0;
  }
  return { seriesUid: '1.2.3', kind, centerWorld: [0, 0, 0], image, label, labelSlices };
}

/** A disc about the middle of a chunk, shrinking with the slice. */
export function disc(
  { rows, columns }: ChunkSize,
  radius: number,
): (s: number, r: number, c: number) => boolean {
  return (s, r, c) => Math.hypot(r - rows / 2, c - columns / 2) <= radius - s;
}

/** Nodules with smooth tissue of different frequency, and plain negatives: small, but no two alike. */
export function makeSet(
  nodules: number,
  negatives: number,
  size: ChunkSize = { slices: 3, rows: 24, columns: 20 },
): ChunkSet<Chunk> {
  const texture = (k: number) => (s: number, r: number, c: number) =>
    Math.round(500 * Math.sin((k + 1) * 0.3 * r + s) * Math.cos(0.2 * (k + 2) * c));
  return {
    size,
    chunks: [
      ...Array.from({ length: nodules }, (_, k) =>
        makeChunk(size, 1 + (k % 4), texture(k), disc(size, 5 + k)),
      ),
      ...Array.from({ length: negatives }, (_, k) =>
        makeChunk(size, 1, texture(nodules + k), () => false, 'negative'),
      ),
    ],
  };
}
