import { type Geometry, type Index, indexToWorld, type Volume, type World, worldToIndex } from '@lunet/io';
import { type DisplayPlane, displayPlanes, type PlaneName } from './display-planes.ts';
import { greyPng } from './grey-png.ts';
import { outlinePath } from './outline-path.ts';

/** A square view of one plane through a point, as a radiologist expects it; plain data. */
export interface CutOutPlane {
  readonly name: PlaneName;
  /** The picture's pixels: the voxels of the volume that lie in the view, at most. */
  readonly width: number;
  readonly height: number;
  /** Width and height of a pixel in mm. */
  readonly pixelMm: readonly [width: number, height: number];
  /** Where the picture's top-left corner lies in the view, in mm: negative where it sticks out, positive at a volume's end. */
  readonly cornerMm: readonly [left: number, top: number];
  /** The picture, greyscale, as the data URL of a PNG. */
  readonly png: string;
  /** Outlines as SVG paths in pixels from the picture's top-left corner; `''` where nothing is marked. */
  readonly truth: string;
  readonly prediction: string;
  /** What lies at the edges: R L A P S I, right, left, anterior, posterior, superior, inferior. */
  readonly labels: DisplayPlane['labels'];
}

/** Three planes through a point of a CT. */
export interface CutOut {
  readonly centerWorld: World;
  /** Edge of the square that each plane shows. */
  readonly sizeMm: number;
  readonly planes: readonly CutOutPlane[];
}

/** Where to cut, and what to outline. */
export interface CutOutOptions {
  readonly centerWorld: World;
  /** Edge of the views, over 0 to 500 mm. */
  readonly sizeMm?: number;
  /** Probabilities 0 … 1 or a mask, on any grid. */
  readonly prediction?: Volume<Float32Array | Uint8Array>;
  /** What is above it is outlined. */
  readonly threshold?: number;
  /** What is not 0 is outlined; on any grid. */
  readonly truth?: Volume<Uint8Array>;
  /** HU that are shown black and white; by default the lung window, width 1500 at level −600. */
  readonly window?: readonly [black: number, white: number];
}

/**
 * Cuts three planes through a point out of a CT, with truth and prediction as outlines.
 *
 * The planes show the volume's own voxels, unsampled: the slices that are nearest to the point, along the axes of the grid
 * that come closest to axial, coronal and sagittal, at true proportions. The volume may be a part of a scan; what lies beyond
 * its ends is left out. Truth and prediction are looked up by world coordinate, so their grids may be others.
 *
 * @param volume HU of shape `[z, y, x]`.
 * @throws {RangeError} if the point lies outside the volume, or the size or window cannot be shown.
 * @example
 * ```ts
 * const geometry = { size: [3, 1, 1], spacing: [1, 1, 1], origin: [0, 0, 0], direction: identityDirection };
 * const volume = { geometry, voxels: toVoxels(new Int16Array([-1350, 40, 150]), [1, 1, 3]) };
 * const truth = { geometry, voxels: toVoxels(new Uint8Array([0, 1, 1]), [1, 1, 3]) };
 * const [axial] = cutOut(volume, { centerWorld: [1, 0, 0], sizeMm: 3, truth }).planes;
 * axial.truth; // 'M1 0h2v1h-2z': the second and third pixel
 * axial.cornerMm; // [0, 1]: three voxels fill the view's width, one its middle third
 * ```
 */
export function cutOut(
  volume: Volume<Int16Array>,
  { centerWorld, sizeMm = 50, prediction, threshold = 0.5, truth, window = [-1350, 150] }: CutOutOptions,
): CutOut {
  const { geometry } = volume;
  const center = worldToIndex(geometry, centerWorld);
  const inside = center.every((c, axis) => c >= -0.5 && c < geometry.size[axis]! - 0.5);
  if (!inside) {
    throw new RangeError(
      `Cannot cut out (${centerWorld.join(', ')}) mm: its index ${center.map((c) => c.toFixed(1)).join(', ')} lies ` +
        `outside the volume of ${geometry.size.join('x')}`,
    );
  }
  if (!(sizeMm > 0 && sizeMm <= 500)) {
    throw new RangeError(`Cannot cut out ${sizeMm} mm: give a size over 0 to 500`);
  }
  if (!(window[0] < window[1])) {
    throw new RangeError(`Cannot show HU ${window.join(' to ')}: give a window with black below white`);
  }
  const isTruth = truth && lookUp(geometry, truth, 0);
  const isPredicted = prediction && lookUp(geometry, prediction, threshold);
  const planes = displayPlanes(geometry).map((plane): CutOutPlane => {
    const grid = planeGrid(geometry, center, plane, sizeMm);
    const { width, height } = grid;
    const outline = (isInside: ((index: Index) => boolean) | undefined) =>
      isInside
        ? outlinePath(
            sample(grid, (index) => (isInside(index) ? 1 : 0)),
            width,
            height,
          )
        : '';
    const [black, white] = window;
    const grey = sample(grid, ([x, y, z]) => {
      const hu = volume.voxels.get(z, y, x);
      return Math.min(255, Math.max(0, Math.round(((hu - black) / (white - black)) * 255)));
    });
    return {
      name: plane.name,
      width,
      height,
      pixelMm: grid.pixelMm,
      cornerMm: grid.cornerMm,
      png: greyPng(grey, width, height),
      truth: outline(isTruth),
      prediction: outline(isPredicted),
      labels: plane.labels,
    };
  });
  return { centerWorld, sizeMm, planes };
}

/** Where the pixels of a view lie in the volume: the voxel of the top-left one, and the steps right and down. */
interface PlaneGrid {
  readonly first: Index;
  readonly right: DisplayPlane['right'];
  readonly down: DisplayPlane['down'];
  readonly width: number;
  readonly height: number;
  readonly pixelMm: readonly [number, number];
  readonly cornerMm: readonly [number, number];
}

function planeGrid(
  { size, spacing }: Geometry,
  center: Index,
  { right, down }: DisplayPlane,
  sizeMm: number,
): PlaneGrid {
  const first = center.map((c, axis) => Math.min(size[axis]! - 1, Math.max(0, Math.round(c))));
  const spans = [right, down].map(({ axis, sign }) => {
    const half = sizeMm / 2 / spacing[axis]!;
    // A voxel reaches half a step to either side of its index.
    const low = Math.max(0, Math.floor(center[axis]! - half + 0.5));
    const high = Math.min(size[axis]! - 1, Math.ceil(center[axis]! + half - 0.5));
    first[axis] = sign > 0 ? low : high;
    const before = sign > 0 ? center[axis]! - (low - 0.5) : high + 0.5 - center[axis]!;
    return { count: high - low + 1, cornerMm: tidy(sizeMm / 2 - before * spacing[axis]!) };
  });
  return {
    first: [first[0]!, first[1]!, first[2]!],
    right,
    down,
    width: spans[0]!.count,
    height: spans[1]!.count,
    pixelMm: [spacing[right.axis], spacing[down.axis]],
    cornerMm: [spans[0]!.cornerMm, spans[1]!.cornerMm],
  };
}

function sample(grid: PlaneGrid, valueAt: (index: Index) => number): Uint8Array {
  const { first, right, down, width, height } = grid;
  const values = new Uint8Array(width * height);
  const index: [number, number, number] = [...first];
  for (let row = 0; row < height; row++) {
    index[down.axis] = first[down.axis] + row * down.sign;
    for (let column = 0; column < width; column++) {
      index[right.axis] = first[right.axis] + column * right.sign;
      values[row * width + column] = valueAt(index);
    }
  }
  return values;
}

/** Whether the voxel of another volume at the same place is above a limit; outside of it none is. */
function lookUp(
  geometry: Geometry,
  { geometry: other, voxels }: Volume<Float32Array | Uint8Array>,
  limit: number,
): (index: Index) => boolean {
  return (index) => {
    const [x, y, z] = worldToIndex(other, indexToWorld(geometry, index)).map(Math.round);
    const inside =
      x! >= 0 && y! >= 0 && z! >= 0 && x! < other.size[0] && y! < other.size[1] && z! < other.size[2];
    return inside && voxels.get(z!, y!, x!) > limit;
  };
}

/** Micrometres are enough, and read well in JSON. */
function tidy(mm: number): number {
  return Math.round(mm * 1000) / 1000 + 0;
}
