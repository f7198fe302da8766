import { type Canvas, touch } from './canvas.ts';

/**
 * Adds polygons (flat `[x0, y0, …]` in mm) to the slice's coverage with exact pixel areas.
 *
 * Several polygons given at once are averaged: the sections of one body at several heights inside the slice give
 * its partial volume along z.
 */
export function addPolygons(canvas: Canvas, polygons: readonly Float64Array[]): void {
  const { frame } = canvas;
  const weight = 1 / polygons.length;
  let x0 = frame.width;
  let x1 = 0;
  let y0 = frame.height;
  let y1 = 0;
  for (const polygon of polygons) {
    let previousX = toPixel(polygon[polygon.length - 2]!, frame.x0, frame.pixel);
    let previousY = toPixel(polygon[polygon.length - 1]!, frame.y0, frame.pixel);
    for (let k = 0; k < polygon.length; k += 2) {
      const x = toPixel(polygon[k]!, frame.x0, frame.pixel);
      const y = toPixel(polygon[k + 1]!, frame.y0, frame.pixel);
      if (x < x0) x0 = x;
      if (x > x1) x1 = x;
      if (y < y0) y0 = y;
      if (y > y1) y1 = y;
      addEdge(canvas, previousX, previousY, x, y, weight);
      previousX = x;
      previousY = y;
    }
  }
  resolve(
    canvas,
    Math.max(0, Math.floor(x0)),
    Math.min(frame.width, Math.ceil(x1) + 1),
    Math.max(0, Math.floor(y0)),
    Math.min(frame.height, Math.ceil(y1)),
  );
}

/** Pixel `i` spans `[i, i + 1)`. */
function toPixel(at: number, first: number, pixel: number): number {
  return (at - first) / pixel + 0.5;
}

/**
 * Walks an edge cell by cell and stores, for each, the signed area to the edge's right: summed along a row that
 * is the share of each pixel inside the polygon.
 */
function addEdge(canvas: Canvas, ax: number, ay: number, bx: number, by: number, weight: number): void {
  // A flat edge bounds no area.
  if (Math.abs(by - ay) < 1e-6) return;
  const { width, height } = canvas.frame;
  const { edges } = canvas;
  const sign = ay < by ? weight : -weight;
  const top = Math.min(ay, by);
  const bottom = Math.min(height, Math.max(ay, by));
  const slope = (bx - ax) / (by - ay);
  // So is one along which a column's step down is less than y can resolve: the walk would never reach its end.
  if (bottom + 0.5 / Math.abs(slope) === bottom) return;
  let y = Math.max(0, top);
  let x = (ay < by ? ax : bx) + (y - top) * slope;
  while (y < bottom) {
    const row = Math.floor(y);
    const rowEnd = Math.min(bottom, row + 1);
    const line = row * (width + 2);
    while (y < rowEnd) {
      let nextY = rowEnd;
      let nextX = x + (rowEnd - y) * slope;
      const column = slope < 0 ? Math.ceil(x) - 1 : Math.floor(x);
      if (slope > 0 && nextX > column + 1) {
        nextX = column + 1;
        nextY = Math.min(rowEnd, y + (nextX - x) / slope);
      } else if (slope < 0 && nextX < column) {
        nextX = column;
        nextY = Math.min(rowEnd, y + (nextX - x) / slope);
      }
      const area = sign * (nextY - y);
      if (column < 0) edges[line]! += area;
      else if (column < width) {
        const right = (x + nextX) / 2 - column;
        edges[line + column]! += area * (1 - right);
        edges[line + column + 1]! += area * right;
      }
      x = nextX;
      y = nextY;
    }
    y = rowEnd;
  }
}

function resolve(canvas: Canvas, x0: number, x1: number, y0: number, y1: number): void {
  if (!touch(canvas, x0, x1, y0, y1)) return;
  const { coverage, edges } = canvas;
  const { width } = canvas.frame;
  for (let y = y0; y < y1; y++) {
    let sum = 0;
    const line = y * (width + 2);
    for (let x = x0; x < x1; x++) {
      sum += edges[line + x]!;
      const share = Math.min(1, Math.abs(sum));
      if (share > 1e-4 && share > coverage[y * width + x]!) coverage[y * width + x] = share;
    }
    edges.fill(0, line + x0, line + x1 + 2);
  }
}
