import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

export type { RandomGenerator };

/**
 * Makes the generator of one stream, such as (seed, epoch, sample), independent of all others.
 *
 * Each sample has a generator of its own, so what it draws does not depend on who draws it nor on what was drawn
 * before. The keys are hashed to the 128 bits of xoroshiro128+ with the finaliser of MurmurHash3.
 *
 * @throws {RangeError} if a key is not a safe integer.
 */
export function generatorFor(...keys: readonly number[]): RandomGenerator {
  const bad = keys.find((key) => !Number.isSafeInteger(key));
  if (bad !== undefined) throw new RangeError(`Cannot seed a generator with ${bad}: expected a safe integer`);
  const state = [1, 2, 3, 4].map((lane) => {
    let hash = lane;
    for (const key of keys) {
      hash = mix(Math.imul(hash, 31) + key);
      hash = mix(hash ^ Math.floor(key / 2 ** 32));
    }
    return hash;
  });
  return xoroshiro128plusFromState(state);
}

function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
