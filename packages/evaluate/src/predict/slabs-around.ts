import { boxGeometry, toVoxels, type Volume } from '@lunet/io';
import type { NumberArray } from '@lunet/patches';
import type { SlabSource } from './slab-source.ts';

/** A slice of a scan and, unless the scan ends there, `context` slices on either side of it. */
interface SliceSlab {
  readonly z: number;
  /** The scan's index of the slab's first slice. */
  readonly first: number;
  readonly slab: Volume<NumberArray>;
}

/** Which slices of a scan, with how many neighbours. */
interface SlabsOptions {
  readonly slices: Iterable<number>;
  readonly context: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Gives the slabs around some slices, in the order of the slices.
 *
 * Of a source two slabs are in memory at most, one in use and the next being read meanwhile; slices that are in both
 * are read once. Nothing is read any more when the loop over them has ended.
 *
 * @throws {RangeError} if one of the slices is not in the scan.
 * @throws {TypeError} if the voxels are 64-bit integers.
 */
export async function* slabsAround(
  scan: Volume<NumberArray> | SlabSource,
  { slices, context, signal }: SlabsOptions,
): AsyncGenerator<SliceSlab, void, undefined> {
  if ('voxels' in scan) {
    for (const z of slices) yield { z, first: 0, slab: scan };
    return;
  }
  const order = slices[Symbol.iterator]();
  const readNext = (held?: SliceSlab): Promise<SliceSlab> | undefined => {
    const { done, value } = order.next();
    if (done) return undefined;
    const reading = readAround(scan, value, context, held, signal);
    // It may fail before anybody waits for it.
    reading.catch(() => {});
    return reading;
  };
  let ahead = readNext();
  try {
    while (ahead) {
      const current: SliceSlab = await ahead;
      ahead = readNext(current);
      yield current;
    }
  } finally {
    await ahead?.catch(() => {});
  }
}

/** Reads what of the slab is not in the one that is held. */
async function readAround(
  source: SlabSource,
  z: number,
  context: number,
  held: SliceSlab | undefined,
  signal: AbortSignal | undefined,
): Promise<SliceSlab> {
  const { geometry } = source;
  const [width, height, depth] = geometry.size;
  if (!(Number.isInteger(z) && z >= 0 && z < depth)) {
    throw new RangeError(`Cannot take slice ${z}: the volume has slices 0 to ${depth - 1}`);
  }
  const first = Math.max(0, z - context);
  const count = Math.min(depth, z + context + 1) - first;
  const pixels = width * height;
  // The end of the held slab, where it is the beginning of this one.
  const from = held === undefined ? 0 : (first - held.first) * pixels;
  const kept = from < 0 ? undefined : held?.slab.voxels.data.subarray(from, from + count * pixels);
  const keptSlices = (kept?.length ?? 0) / pixels;
  const parts: NumberArray[] = kept ? [kept] : [];
  if (keptSlices < count) {
    const { voxels } = await source.readSlab(
      first + keptSlices,
      count - keptSlices,
      signal ? { signal } : {},
    );
    if (voxels.data instanceof BigInt64Array || voxels.data instanceof BigUint64Array) {
      throw new TypeError('Cannot take slices of 64-bit integers: expected numbers of at most 32 bits');
    }
    parts.push(voxels.data);
  }
  const box = { start: [0, 0, first], size: [width, height, count] } as const;
  const slab = {
    geometry: boxGeometry(geometry, box),
    voxels: toVoxels(join(parts), [count, height, width]),
  };
  return { z, first, slab };
}

function join(parts: readonly NumberArray[]): NumberArray {
  const [some] = parts as [NumberArray];
  if (parts.length === 1) return some;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const all = new (some.constructor as new (length: number) => NumberArray)(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
