import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/**
 * Draws bootstrap resamples: as many scans as there are, with replacement.
 *
 * @returns a function that draws the next resample: how often each scan is in it. The array is the same one every time.
 * @throws {RangeError} if the seed is not a safe integer.
 */
export function createResampler(scans: number, seed: number): () => Int32Array {
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`Cannot seed a bootstrap with ${seed}: give a safe integer`);
  }
  const generator = xoroshiro128plus(seed ^ Math.floor(seed / 2 ** 32));
  // The first draws of neighbouring seeds resemble each other.
  for (let i = 0; i < 16; i++) generator.next();
  const times = new Int32Array(scans);
  return () => {
    times.fill(0);
    for (let drawn = 0; drawn < scans; drawn++) times[uniformInt(generator, 0, scans - 1)]! += 1;
    return times;
  };
}
