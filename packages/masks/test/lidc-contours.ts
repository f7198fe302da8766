import { type Geometry, type World, worldToIndex } from '@lunet/io';

/** One reader's outline of one nodule on one slice. */
interface Contour {
  readonly z: number;
  /** Pixel coordinates; LIDC draws them through the first pixels outside the nodule. */
  readonly x: number[];
  readonly y: number[];
}

/** One reader's outlines of one nodule. */
export type Outline = readonly Contour[];

/**
 * Reads the outlines of an LIDC annotation file that lie around a point: one for each reader who drew it.
 *
 * Enough XML for that file's flat, attribute-free elements.
 */
export function readOutlines(xml: string, geometry: Geometry, centerWorld: World): Outline[] {
  const [cx, cy] = worldToIndex(geometry, centerWorld);
  return elements(xml, 'readingSession').flatMap((session) =>
    elements(session, 'unblindedReadNodule')
      .map((nodule) => elements(nodule, 'roi').map(readContour))
      .filter((contours) => contours.some((contour) => contour.x.length > 2))
      .filter((contours) =>
        contours.some(
          ({ z, x, y }) =>
            Math.abs(z - centerWorld[2]) < geometry.spacing[2] && Math.hypot(mean(x) - cx, mean(y) - cy) < 10,
        ),
      ),
  );
}

/** Fills an outline: a voxel is in where its centre lies inside, even-odd, and not on the outline itself. */
export function fillOutline(geometry: Geometry, outline: Outline): Uint8Array {
  const [columns, rows, depth] = geometry.size;
  const data = new Uint8Array(columns * rows * depth);
  for (const { z, x, y } of outline) {
    const slice = Math.round(worldToIndex(geometry, [geometry.origin[0], geometry.origin[1], z])[2]);
    for (let row = Math.min(...y); row <= Math.max(...y); row++) {
      for (let column = Math.min(...x); column <= Math.max(...x); column++) {
        if (isInside(x, y, column, row)) data[(slice * rows + row) * columns + column] = 1;
      }
    }
    for (let i = 0; i < x.length; i++) data[(slice * rows + y[i]!) * columns + x[i]!] = 0;
  }
  return data;
}

function isInside(x: number[], y: number[], column: number, row: number): boolean {
  let inside = false;
  for (let i = 0, j = x.length - 1; i < x.length; j = i++) {
    const crosses = y[i]! > row !== y[j]! > row;
    if (crosses && column < ((x[j]! - x[i]!) * (row - y[i]!)) / (y[j]! - y[i]!) + x[i]!) inside = !inside;
  }
  return inside;
}

function readContour(roi: string): Contour {
  return {
    z: Number(elements(roi, 'imageZposition')[0]),
    x: elements(roi, 'xCoord').map(Number),
    y: elements(roi, 'yCoord').map(Number),
  };
}

function elements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map((match) => match[1]!);
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
