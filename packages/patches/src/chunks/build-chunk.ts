import { boxGeometry, type Geometry, type Volume, type World } from '@lunet/io';
import { rasterizeSpheres, type Sphere } from '@lunet/masks';
import { clipHounsfield, type NumberArray } from '../crop/hounsfield.ts';
import type { Chunk, ChunkSize } from './chunk.ts';
import { type ChunkBox, insideVolume } from './chunk-box.ts';
import { cutChunk } from './cut-chunk.ts';

/** What a chunk is of. */
export interface ChunkSubject {
  readonly seriesUid: string;
  readonly kind: Chunk['kind'];
  readonly centerWorld: World;
}

/** Voxels of a part of a scan, and the part's first voxel in the scan. */
export interface VolumePart {
  readonly volume: Volume<NumberArray>;
  readonly start: readonly [x: number, y: number, z: number];
}

/**
 * Builds a chunk from the scan's voxels and nodules.
 *
 * Every nodule that reaches into the chunk is labelled, not only the one at its centre. Beyond the volume's ends image
 * and label repeat the border.
 *
 * @param geometry the whole scan's.
 * @param part voxels that hold at least what of the chunk lies inside the volume.
 */
export function buildChunk(
  geometry: Geometry,
  part: VolumePart,
  nodules: readonly Sphere[],
  subject: ChunkSubject,
  box: ChunkBox,
  size: ChunkSize,
): Chunk {
  const { rows, columns, slices } = size;
  const { labelSlices } = box;
  const [slice, row, column] = box.start;
  const image = cutChunk(
    part.volume.voxels,
    [slice - part.start[2], row - part.start[1], column - part.start[0]],
    { slices: labelSlices + slices - 1, rows, columns },
  );
  const inside = insideVolume(geometry, box, size);
  const firstLabel = slice + (slices - 1) / 2 - inside.start[2];
  const mask = rasterizeSpheres(boxGeometry(geometry, inside), nodules, {
    slices: [firstLabel, firstLabel + labelSlices],
  });
  const label = cutChunk(mask.voxels, [0, row - inside.start[1], column - inside.start[0]], {
    slices: labelSlices,
    rows,
    columns,
  });
  const chunk: Chunk = {
    ...subject,
    labelSlices,
    image: new Int16Array(new SharedArrayBuffer(image.data.length * Int16Array.BYTES_PER_ELEMENT)),
    label: new Uint8Array(new SharedArrayBuffer(label.data.length)),
  };
  clipInto(chunk.image, image.data);
  chunk.label.set(label.data);
  return chunk;
}

function clipInto(image: Int16Array, values: NumberArray): void {
  if (values instanceof Int16Array) {
    // As most scans come: whole numbers, of which none is NaN.
    for (let i = 0; i < values.length; i++) image[i] = clipHounsfield(values[i]!);
  } else {
    for (let i = 0; i < values.length; i++) image[i] = Math.round(clipHounsfield(values[i]!));
  }
}
