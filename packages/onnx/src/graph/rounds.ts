import type { Node } from './value.ts';

/**
 * How many nodes, from the first on, are whole rounds of a loop whose last round may have only begun; 0 if most of the nodes
 * repeat no others.
 *
 * A loop that is always cut there gives the same graph again and again, however long its rounds are.
 */
export function wholeRounds(nodes: readonly Node[]): number {
  const count = nodes.length;
  const at = (place: number): unknown => nodes[count - 1 - place]!.operator;
  // The Z-algorithm on the nodes from the last to the first: alike[i] of them are the same as those i further on.
  const alike = new Int32Array(count);
  let [left, right] = [0, 0];
  let round = 0;
  for (let i = 1; i < count; i++) {
    let length = i < right ? Math.min(right - i, alike[i - left]!) : 0;
    while (i + length < count && at(length) === at(i + length)) length++;
    alike[i] = length;
    if (i + length > right) [left, right] = [i, i + length];
    if (length >= i && length > alike[round]!) round = i;
  }
  return round > 0 && 2 * (round + alike[round]!) >= count ? count - (count % round) : 0;
}
