import { describe, expect, it } from 'vitest';
import { constantRate, cosineRate } from '../src/index.ts';

describe('cosineRate', () => {
  it('warms up, then falls along half a cosine', () => {
    const rate = cosineRate({ peak: 1e-3, steps: 100, warmup: 10, floor: 0 });
    expect(rate(0)).toBeCloseTo(1e-4, 12);
    expect(rate(9)).toBeCloseTo(1e-3, 12);
    expect(rate(55)).toBeCloseTo(5e-4, 12);
    expect(rate(100)).toBeCloseTo(0, 12);
  });

  it('stays at its floor after the last step', () => {
    expect(cosineRate({ peak: 1, steps: 10, floor: 0.1 })(50)).toBeCloseTo(0.1, 12);
  });

  it('does not exceed its peak where the warm-up is not a whole number of steps', () => {
    const rates = [0, 1, 2, 3].map(cosineRate({ peak: 1, steps: 50, warmup: 2.5, floor: 1 }));
    expect(rates).toEqual([0.4, 0.8, 1, 1]);
    expect(cosineRate({ peak: 1, steps: 4, warmup: 0.2 })(0)).toBe(1);
  });

  it('refuses no steps', () => {
    expect(() => cosineRate({ peak: 1, steps: 0 })).toThrow('over 0 steps');
  });
});

describe('constantRate', () => {
  it('is constant', () => {
    expect([0, 1e6].map(constantRate(0.5))).toEqual([0.5, 0.5]);
  });
});
