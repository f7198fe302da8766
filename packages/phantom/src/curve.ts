/** Point in an axial plane, in mm: x towards the patient's left, y towards the back. */
export type Point = readonly [x: number, y: number];

/**
 * A smooth curve through `values` at the rising places `at`: monotone cubic (Fritsch and Butland 1984), so that it
 * never overshoots; constant beyond its ends.
 */
export function curve(at: readonly number[], values: readonly number[]): (x: number) => number {
  const last = at.length - 1;
  const secant = (i: number): number => (values[i + 1]! - values[i]!) / (at[i + 1]! - at[i]!);
  const slopes = values.map((_, i) => {
    if (i === 0 || i === last) return 0;
    const before = secant(i - 1);
    const after = secant(i);
    return before * after <= 0 ? 0 : (2 * before * after) / (before + after);
  });
  return (x) => {
    if (x <= at[0]!) return values[0]!;
    if (x >= at[last]!) return values[last]!;
    let i = 0;
    while (x > at[i + 1]!) i++;
    const h = at[i + 1]! - at[i]!;
    const t = (x - at[i]!) / h;
    const u = 1 - t;
    return (
      u * u * (values[i]! * (1 + 2 * t) + slopes[i]! * h * t) +
      t * t * (values[i + 1]! * (1 + 2 * u) - slopes[i + 1]! * h * u)
    );
  };
}

/** One half of a mirror-symmetric outline, from the front midline to the back midline, with outward normals. */
export interface HalfOutline {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly normalX: Float64Array;
  readonly normalY: Float64Array;
  /** Turns the whole outline: mm along y per mm along x. */
  readonly lean: number;
  /** Widens the side of positive x by this share and narrows the other. */
  readonly stretch: number;
}

/**
 * Samples a Catmull-Rom spline through the control points of a half outline; the other half mirrors it in x.
 *
 * @param px, py Control points from the front midline to the back midline.
 */
export function halfOutline(px: readonly number[], py: readonly number[], samples = 64): HalfOutline {
  const last = px.length - 1;
  const mirror = (i: number): number => (i < 0 ? -i : i > last ? 2 * last - i : i);
  const x = new Float64Array(samples);
  const y = new Float64Array(samples);
  for (let k = 0; k < samples; k++) {
    const place = (k / (samples - 1)) * last;
    const i = Math.min(last - 1, Math.floor(place));
    const t = place - i;
    const before = i === 0 ? -px[1]! : px[i - 1]!;
    const after = i + 2 > last ? -px[mirror(i + 2)]! : px[i + 2]!;
    x[k] = catmullRom(before, px[i]!, px[i + 1]!, after, t);
    y[k] = catmullRom(py[mirror(i - 1)]!, py[i]!, py[i + 1]!, py[mirror(i + 2)]!, t);
  }
  return withNormals(x, y);
}

function withNormals(x: Float64Array, y: Float64Array): HalfOutline {
  const n = x.length;
  const normalX = new Float64Array(n);
  const normalY = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    const dx = k === 0 || k === n - 1 ? 1 : x[k + 1]! - x[k - 1]!;
    const dy = k === 0 || k === n - 1 ? 0 : y[k + 1]! - y[k - 1]!;
    const length = Math.hypot(dx, dy) || 1;
    const sign = k === n - 1 ? -1 : 1;
    normalX[k] = (sign * dy) / length;
    normalY[k] = (sign * -dx) / length;
  }
  return { x, y, normalX, normalY, lean: 0, stretch: 0 };
}

/** Cubic from `b` (t = 0) to `c` (t = 1) with their neighbours' slopes. */
export function catmullRom(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

/** The closed outline as a flat polygon `[x0, y0, x1, y1, …]`, moved outwards by a distance in mm. */
export function closeOutline(half: HalfOutline, outwards = 0): Float64Array {
  const n = half.x.length;
  const polygon = new Float64Array(4 * n);
  for (let k = 0; k < n; k++) {
    const x = half.x[k]! + outwards * half.normalX[k]!;
    const y = half.y[k]! + outwards * half.normalY[k]!;
    put(polygon, k, half, x, y);
    put(polygon, 2 * n - 1 - k, half, -x, y);
  }
  return polygon;
}

function put(polygon: Float64Array, k: number, { lean, stretch }: HalfOutline, x: number, y: number): void {
  polygon[2 * k] = x * (1 + (x > 0 ? stretch : -stretch));
  polygon[2 * k + 1] = y + lean * x;
}

/**
 * A strip along one side of an outline as a flat polygon: from `from` to `to` (0 front midline, 1 back midline),
 * between the distances `inner(s)` and `outer(s)` outwards.
 */
export function stripPolygon(
  half: HalfOutline,
  side: -1 | 1,
  [from, to]: readonly [from: number, to: number],
  inner: (s: number) => number,
  outer: (s: number) => number,
): Float64Array {
  const last = half.x.length - 1;
  const steps = Math.max(6, Math.ceil((to - from) * last));
  const polygon = new Float64Array(4 * (steps + 1));
  for (let k = 0; k <= steps; k++) {
    const s = from + ((to - from) * k) / steps;
    const i = Math.min(last - 1, Math.floor(s * last));
    const t = s * last - i;
    const x = half.x[i]! * (1 - t) + half.x[i + 1]! * t;
    const y = half.y[i]! * (1 - t) + half.y[i + 1]! * t;
    const nx = half.normalX[i]! * (1 - t) + half.normalX[i + 1]! * t;
    const ny = half.normalY[i]! * (1 - t) + half.normalY[i + 1]! * t;
    const near = inner(s);
    const far = outer(s);
    put(polygon, k, half, side * (x + near * nx), y + near * ny);
    put(polygon, 2 * steps + 1 - k, half, side * (x + far * nx), y + far * ny);
  }
  return polygon;
}

/** An ellipse as a flat polygon. */
export function ellipsePolygon(
  [x, y]: Point,
  radiusX: number,
  radiusY: number,
  angle = 0,
  steps = 48,
): Float64Array {
  const polygon = new Float64Array(2 * steps);
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  for (let k = 0; k < steps; k++) {
    const u = radiusX * Math.cos((2 * Math.PI * k) / steps);
    const v = radiusY * Math.sin((2 * Math.PI * k) / steps);
    polygon[2 * k] = x + u * cos - v * sin;
    polygon[2 * k + 1] = y + u * sin + v * cos;
  }
  return polygon;
}
