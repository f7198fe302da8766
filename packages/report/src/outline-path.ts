const RIGHT = 0;
const DOWN = 1;
const LEFT = 2;
const UP = 3;

/**
 * The outline of a mask as an SVG path along the pixels' edges: closed loops, clockwise around what is inside, counter-clockwise
 * around holes. Pixels that touch at a corner only get loops of their own.
 *
 * @param mask row-major `[height, width]`; what is not 0 is inside.
 * @returns the path in pixels from the top-left corner; `''` for an empty mask.
 * @example
 * ```ts
 * outlinePath([0, 1, 1, 0], 4, 1); // 'M1 0h2v1h-2z'
 * ```
 */
export function outlinePath(mask: ArrayLike<number>, width: number, height: number): string {
  const inside = (x: number, y: number) =>
    x >= 0 && x < width && y >= 0 && y < height && mask[y * width + x] !== 0;
  // A bit per corner and direction: the edges that have the mask on their right and are not drawn yet.
  const corners = width + 1;
  const edges = new Uint8Array(corners * (height + 1));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!inside(x, y)) continue;
      if (!inside(x, y - 1)) edges[y * corners + x]! |= 1 << RIGHT;
      if (!inside(x + 1, y)) edges[y * corners + x + 1]! |= 1 << DOWN;
      if (!inside(x, y + 1)) edges[(y + 1) * corners + x + 1]! |= 1 << LEFT;
      if (!inside(x - 1, y)) edges[(y + 1) * corners + x]! |= 1 << UP;
    }
  }

  const loops: string[] = [];
  // In scan order the first edge of a loop runs to the right and starts at a corner of the loop.
  for (let start = 0; start < edges.length; start++) {
    while (edges[start]! & (1 << RIGHT)) loops.push(traceLoop(edges, corners, start));
  }
  return loops.join('');
}

/** Follows the loop that leaves a corner to the right, and takes its edges away. */
function traceLoop(edges: Uint8Array, corners: number, start: number): string {
  const step = [1, corners, -1, -corners];
  let path = `M${start % corners} ${Math.floor(start / corners)}`;
  let corner = start;
  let direction = RIGHT;
  let length = 0;
  for (;;) {
    corner += step[direction]!;
    length++;
    // A right turn before a left one: pixels that touch at a corner stay apart.
    const next = [direction + 1, direction, direction + 3]
      .map((turn) => turn % 4)
      .find((turn) => edges[corner]! & (1 << turn))!;
    edges[corner]! &= ~(1 << next);
    // `z` draws the last segment.
    if (corner === start && next === RIGHT) return `${path}z`;
    if (next === direction) continue;
    path += segment(direction, length);
    direction = next;
    length = 0;
  }
}

function segment(direction: number, length: number): string {
  const name = direction === RIGHT || direction === LEFT ? 'h' : 'v';
  return `${name}${direction === RIGHT || direction === DOWN ? length : -length}`;
}
