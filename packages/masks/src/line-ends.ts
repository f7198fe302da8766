/** The first and the last marked block of each row and of each column of a slice. */
export interface LineEnds {
  readonly firstX: Int32Array;
  readonly lastX: Int32Array;
  readonly firstY: Int32Array;
  readonly lastY: Int32Array;
}

/** Finds the ends of what is marked with 1 along each line of a slice; where there is none, the first comes after the last. */
export function lineEnds(marked: Uint8Array, width: number, height: number): LineEnds {
  const ends = {
    firstX: new Int32Array(height).fill(width),
    lastX: new Int32Array(height).fill(-1),
    firstY: new Int32Array(width).fill(height),
    lastY: new Int32Array(width).fill(-1),
  };
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (marked[i] !== 1) continue;
      if (ends.lastX[y]! < 0) ends.firstX[y] = x;
      ends.lastX[y] = x;
      if (ends.lastY[x]! < 0) ends.firstY[x] = y;
      ends.lastY[x] = y;
    }
  }
  return ends;
}
