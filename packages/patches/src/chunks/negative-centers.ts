import { type Geometry, indexToWorld, type World, worldToIndex } from '@lunet/io';
import type { Luna16Scan } from '@lunet/io/node';
import { isLung, type Sphere } from '@lunet/masks';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { NumberArray } from '../crop/hounsfield.ts';
import type { RandomGenerator } from '../generator.ts';
import { airLimit, lungPixels } from './lung-pixels.ts';
import { openScan, type ScanReader } from './scan-reader.ts';

/**
 * Where negatives lie: at candidates that are no nodules, anywhere in the lung, or anywhere in what is not air (a whole
 * slice shows the model heart, ribs, skin and table too).
 */
export type NegativeSource = 'candidates' | 'lung' | 'tissue';

/** LUNA16 scores an excluded finding of unknown size as one of 10 mm. */
const unknownDiameterMm = 10;

/** Places to try for each centre: of a scan that shows lung on a fifth of its slices, 1 in 800 finds none. */
const attempts = 30;

/** What negatives must keep clear of: nodules, and findings that count neither way. */
function avoidedSpheres({ nodules, excluded }: Luna16Scan): Sphere[] {
  return [...nodules, ...excluded].map(({ centerWorld, diameterMm }) => ({
    centerWorld,
    diameterMm: diameterMm > 0 ? diameterMm : unknownDiameterMm,
  }));
}

/** Draws centres among a scan's candidates that are no nodules: at most `count`, none twice. */
export function drawCandidates(
  scan: Luna16Scan,
  geometry: Geometry,
  count: number,
  generator: RandomGenerator,
): World[] {
  const avoided = avoidedSpheres(scan);
  const centers = scan.candidates
    .filter(({ isNodule, centerWorld }) => !isNodule && isClear(centerWorld, avoided))
    .map(({ centerWorld }) => centerWorld)
    .filter((centerWorld) => isInside(geometry, centerWorld));
  const drawn = Math.min(count, centers.length);
  for (let i = 0; i < drawn; i++) {
    const j = uniformInt(generator, i, centers.length - 1);
    const center = centers[j]!;
    centers[j] = centers[i]!;
    centers[i] = center;
  }
  return centers.slice(0, drawn);
}

/** Marks the pixels of a slice that centres may be drawn from; `z` is the slice's index in the scan. */
type MarkSlice = (z: number) => Promise<Uint8Array>;

/**
 * Draws centres at random in the lung: of the scan's lung mask where there is one, else by {@link lungPixels}.
 *
 * Fewer than `count` come back where too few slices show lung.
 */
export async function drawLungCenters(
  scan: Luna16Scan,
  reader: ScanReader,
  count: number,
  generator: RandomGenerator,
  signal?: AbortSignal,
): Promise<World[]> {
  if (count === 0) return [];
  const [columns, rows] = reader.geometry.size;
  if (scan.lungMaskPath === undefined) {
    const mark: MarkSlice = async (z) => lungPixels(await readSlice(reader, z, signal), rows, columns);
    return drawMarked(scan, reader.geometry, mark, count, generator, signal);
  }
  await using mask = await openScan(scan.lungMaskPath);
  if (mask.geometry.size.join() !== reader.geometry.size.join()) {
    throw new RangeError(
      `Cannot use ${scan.lungMaskPath}: ${mask.geometry.size.join('x')} voxels, its scan has ${reader.geometry.size.join('x')}`,
    );
  }
  const mark: MarkSlice = async (z) => markLung(await readSlice(mask, z, signal));
  return await drawMarked(scan, reader.geometry, mark, count, generator, signal);
}

/** Draws centres at random in whatever is not air: chest wall, mediastinum, bones, vessels, and the table too. */
export async function drawTissueCenters(
  scan: Luna16Scan,
  reader: ScanReader,
  count: number,
  generator: RandomGenerator,
  signal?: AbortSignal,
): Promise<World[]> {
  const mark: MarkSlice = async (z) => markTissue(await readSlice(reader, z, signal));
  return drawMarked(scan, reader.geometry, mark, count, generator, signal);
}

/** Draws slices until one has marked pixels, and one of those, clear of nodules and findings. */
async function drawMarked(
  scan: Luna16Scan,
  geometry: Geometry,
  mark: MarkSlice,
  count: number,
  generator: RandomGenerator,
  signal: AbortSignal | undefined,
): Promise<World[]> {
  const [columns, , depth] = geometry.size;
  const avoided = avoidedSpheres(scan);
  const centers: World[] = [];
  for (let attempt = 0; centers.length < count && attempt < count * attempts; attempt++) {
    signal?.throwIfAborted();
    const z = uniformInt(generator, 0, depth - 1);
    const pixel = drawPixel(await mark(z), generator);
    if (pixel === undefined) continue;
    const center = indexToWorld(geometry, [pixel % columns, Math.floor(pixel / columns), z]);
    if (isClear(center, avoided)) centers.push(center);
  }
  return centers;
}

async function readSlice(
  reader: ScanReader,
  z: number,
  signal: AbortSignal | undefined,
): Promise<NumberArray> {
  const [columns, rows] = reader.geometry.size;
  const part = await reader.read({ start: [0, 0, z], size: [columns, rows, 1] }, signal);
  const first = (z - part.start[2]) * rows * columns;
  return part.volume.voxels.data.subarray(first, first + rows * columns);
}

// Two loops, each over one type of array with its test in it, where one that is told the test takes four times as long.
function markLung(labels: NumberArray): Uint8Array {
  const marked = new Uint8Array(labels.length);
  for (let i = 0; i < marked.length; i++) marked[i] = isLung(labels[i]!) ? 1 : 0;
  return marked;
}

function markTissue(values: NumberArray): Uint8Array {
  const marked = new Uint8Array(values.length);
  for (let i = 0; i < marked.length; i++) marked[i] = values[i]! > airLimit ? 1 : 0;
  return marked;
}

/** Draws one of the pixels that are 1. */
function drawPixel(marked: Uint8Array, generator: RandomGenerator): number | undefined {
  let count = 0;
  for (let i = 0; i < marked.length; i++) count += marked[i]!;
  let left = Math.floor(uniformFloat64(generator) * count);
  for (let i = 0; i < marked.length; i++) {
    left -= marked[i]!;
    if (left < 0) return i;
  }
  return undefined;
}

function isInside(geometry: Geometry, center: World): boolean {
  return worldToIndex(geometry, center).every(
    (value, axis) => value >= -0.5 && value < geometry.size[axis]! - 0.5,
  );
}

function isClear(center: World, spheres: readonly Sphere[]): boolean {
  return spheres.every(
    ({ centerWorld: [x, y, z], diameterMm }) =>
      Math.hypot(center[0] - x, center[1] - y, center[2] - z) >= diameterMm / 2,
  );
}
