import { describe, expect, test } from 'vitest';
import { generatorFor } from '../src/generator.ts';

describe('generatorFor', () => {
  test('gives one stream for the same keys and another for any other', () => {
    const first = (...keys: number[]) => generatorFor(...keys).next();
    expect(first(1, 2, 3)).toBe(first(1, 2, 3));
    const streams = new Set<number>();
    for (let seed = 0; seed < 10; seed++) {
      for (let epoch = 0; epoch < 10; epoch++) {
        for (let sample = 0; sample < 100; sample++) streams.add(first(seed, epoch, sample));
      }
    }
    // 10,000 draws of 32 bits collide 0.01 times on average.
    expect(streams.size).toBeGreaterThan(9_998);
  });

  test('tells large and negative seeds apart', () => {
    const seeds = [0, -1, 1, 2 ** 32, 2 ** 32 + 1, 2 ** 52, -(2 ** 52), 2 ** 53 - 1];
    expect(new Set(seeds.map((seed) => generatorFor(seed).next())).size).toBe(seeds.length);
  });

  test('throws on what is no whole number', () => {
    expect(() => generatorFor(0.5)).toThrow(
      new RangeError('Cannot seed a generator with 0.5: expected a safe integer'),
    );
    expect(() => generatorFor(Number.NaN)).toThrow(RangeError);
  });
});
