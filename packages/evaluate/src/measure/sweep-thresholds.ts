/** Steps of a threshold from one end of the range to the other. */
const STEPS = 1024;
/** Below the first and above the last step they are halved so often. */
const HALVINGS = 10;
/** Every threshold is a whole multiple of 1 / FINEST. */
const FINEST = STEPS * 2 ** HALVINGS;

/**
 * The thresholds that a sweep tries, ascending: 0, the multiples of 1/1024, and towards either end ten halvings more
 * (2⁻²⁰ … 2⁻¹¹ and 1 − 2⁻¹¹ … 1 − 2⁻²⁰), since a network trained on an overlap loss puts nearly all its probabilities
 * there.
 *
 * They are exact in float32, so that counts at them are exact as well.
 */
export const sweepThresholds: readonly number[] = [
  0,
  ...tail().reverse(),
  ...Array.from({ length: STEPS - 1 }, (_, step) => (step + 1) / STEPS),
  ...tail().map((rest) => 1 - rest),
];

function tail(): number[] {
  return Array.from({ length: HALVINGS }, (_, halving) => 2 ** -(halving + 1) / STEPS);
}

/**
 * Makes the table that ranks a probability: how many of the thresholds lie below it.
 *
 * Look it up at `Math.ceil(probability * rankTable.scale)`; a probability of 0 has rank 0, one of 1 the highest.
 */
export function createRankTable(): { readonly ranks: Uint16Array; readonly scale: number } {
  const ranks = new Uint16Array(FINEST + 1);
  for (let cell = 1, rank = 0; cell <= FINEST; cell++) {
    // Cell c holds ((c − 1) / FINEST, c / FINEST]: a threshold lies below all of it, or below none.
    while (rank < sweepThresholds.length && sweepThresholds[rank]! * FINEST < cell) rank++;
    ranks[cell] = rank;
  }
  return { ranks, scale: FINEST };
}
