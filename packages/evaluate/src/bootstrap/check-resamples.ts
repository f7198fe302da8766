/** More would take memory for nothing: bounds are good to three digits by 10,000. */
const MAXIMUM_RESAMPLES = 100_000;

/**
 * Checks how often a bootstrap is to resample.
 *
 * @throws {RangeError} if that is not a whole number, 1 … 100,000.
 */
export function checkResamples(resamples: number): void {
  if (Number.isInteger(resamples) && resamples >= 1 && resamples <= MAXIMUM_RESAMPLES) return;
  throw new RangeError(
    `Cannot bootstrap with ${resamples} resamples: give a whole number, 1 … ${MAXIMUM_RESAMPLES}`,
  );
}
