import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Seeded draws; the same seed and stream give the same numbers on every machine. */
export interface Random {
  /** Uniform in `[low, high)`. */
  uniform(low: number, high: number): number;
  /** Standard normal. */
  normal(): number;
  /** Uniform integer in `[0, count)`. */
  int(count: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** Poisson distributed count, at most 1000. */
  poisson(mean: number): number;
  /** One item, each with its weight's share. */
  pick<T>(items: readonly (readonly [item: T, weight: number])[]): T;
}

/**
 * Starts a generator for one purpose: a stream of its own per purpose keeps the anatomy of a seed when the
 * noise, say, draws more numbers than before.
 */
export function createRandom(seed: number, stream: string): Random {
  const generator = xoroshiro128plus(hash(seed, stream));
  const next = (): number => uniformFloat64(generator);
  for (let i = 0; i < 8; i++) next();
  let spare: number | undefined;

  const normal = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    const angle = 2 * Math.PI * next();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };

  return {
    uniform: (low, high) => low + (high - low) * next(),
    normal,
    int: (count) => Math.floor(next() * count),
    chance: (probability) => next() < probability,
    poisson(mean) {
      const limit = Math.exp(-mean);
      let count = -1;
      for (let product = 1; product > limit && count < 1000; product *= next()) count++;
      return Math.max(0, count);
    },
    pick(items) {
      let left = next() * items.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [item, weight] of items) {
        left -= weight;
        if (left < 0) return item;
      }
      return items[items.length - 1]![0];
    },
  };
}

/** FNV-1a over the seed's 64-bit float and the stream's name. */
function hash(seed: number, stream: string): number {
  const bytes = new TextEncoder().encode(`${seed}/${stream}`);
  let value = 0x811c9dc5;
  for (const byte of bytes) value = Math.imul(value ^ byte, 0x01000193);
  return value ^ (value >>> 15);
}
