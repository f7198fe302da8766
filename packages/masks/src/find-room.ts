import { padding } from './block-means.ts';

/** Room air has about -1000 HU; inflated lung and emphysema come near, so the surroundings decide as well. */
const gasLimit = -960;

/** On the mean, gas of the room sees body at fewer of its four sides than lung that the picture's border cuts. */
const mostBodies = 1.5;

/**
 * Finds what lies outside the patient in a slice: padding that hangs together with its border, and room air that
 * touches either.
 *
 * Slice by slice, since over slices room air may lead through mouth and windpipe into the lungs.
 *
 * @param means The blocks' HU in the slice, as are all arrays.
 * @param bodies At how many of its four sides a block sees body.
 * @param room Gets 1 for room air, 2 for padding, and is 0 before.
 */
export function findRoom(means: Int16Array, bodies: Uint8Array, width: number, room: Uint8Array): void {
  const queue = new Int32Array(means.length);
  const seen = new Uint8Array(means.length);
  const flood = (seed: number, isPadding: boolean): Int32Array => {
    let end = 0;
    const visit = (i: number): void => {
      const hu = means[i]!;
      if (seen[i] === 1 || hu >= gasLimit || (hu === padding) !== isPadding) return;
      seen[i] = 1;
      queue[end++] = i;
    };
    visit(seed);
    for (let next = 0; next < end; next++) {
      const i = queue[next]!;
      const x = i % width;
      if (x > 0) visit(i - 1);
      if (x < width - 1) visit(i + 1);
      if (i >= width) visit(i - width);
      if (i < means.length - width) visit(i + width);
    }
    return queue.subarray(0, end);
  };
  const isAtBorder = (i: number): boolean =>
    i < width || i >= means.length - width || i % width === 0 || i % width === width - 1;

  for (let i = 0; i < means.length; i++) {
    if (isAtBorder(i)) for (const block of flood(i, true)) room[block] = 2;
  }
  for (let i = 0; i < means.length; i++) {
    if (
      !isAtBorder(i) &&
      room[i - 1] !== 2 &&
      room[i + 1] !== 2 &&
      room[i - width] !== 2 &&
      room[i + width] !== 2
    )
      continue;
    const region = flood(i, false);
    if (region.reduce((sum, block) => sum + bodies[block]!, 0) >= mostBodies * region.length) continue;
    for (const block of region) room[block] = 1;
  }
}
