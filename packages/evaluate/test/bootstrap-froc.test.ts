import type { World } from '@lunet/io';
import { describe, expect, it } from 'vitest';
import { percentileInterval } from '../src/bootstrap/interval.ts';
import { createResampler } from '../src/bootstrap/random.ts';
import { bootstrapFroc } from '../src/froc/bootstrap-froc.ts';
import { cpm, type FrocScan, froc, officialRates, sensitivityAt } from '../src/froc/froc.ts';

/** Scans that differ, with ties between nodules and false positives; every third one is nodule-free. */
const scans: FrocScan[] = Array.from({ length: 12 }, (_, i) => ({
  seriesUid: `${i}`,
  nodules: Array.from({ length: i % 3 }, (_, n) => ({
    centerWorld: [100 * n, 0, 0] as World,
    diameterMm: 10,
  })),
  marks: Array.from({ length: (i * 7) % 11 }, (_, m) => ({
    centerWorld: [50 * m, i % 5, 0] as World,
    probability: ((i + 3 * m) % 8) / 8,
  })),
}));

describe('bootstrapFroc', () => {
  it('equals the curves of resampled lists of scans, drawn one by one', () => {
    const rates = [0, 0.3, 1, 5, 100];
    const resamples = 40;
    const nextResample = createResampler(scans.length, 7);
    const curves = Array.from({ length: resamples }, () => {
      const times = [...nextResample()];
      const drawn = times.flatMap((count, place) =>
        Array.from({ length: count }, (_, copy) => ({ ...scans[place]!, seriesUid: `${place}/${copy}` })),
      );
      return froc(drawn);
    });
    const score = froc(scans);
    const band = bootstrapFroc(score, { seed: 7, resamples, confidence: 0.8, rates });
    expect(band.falsePositivesPerScan).toEqual(rates);
    for (const [i, rate] of rates.entries()) {
      const sensitivities = curves.map((curve) => sensitivityAt(curve, [rate])[0]!);
      const { lower, upper } = percentileInterval(0, sensitivities, 0.8);
      expect(band.mean[i]).toBeCloseTo(sensitivities.reduce((sum, s) => sum + s, 0) / resamples, 12);
      expect(band.lower[i]).toBeCloseTo(lower, 12);
      expect(band.upper[i]).toBeCloseTo(upper, 12);
    }
    const expected = percentileInterval(cpm(score), curves.map(cpm), 0.8);
    expect(band.cpm.value).toBe(expected.value);
    expect(band.cpm.lower).toBeCloseTo(expected.lower, 12);
    expect(band.cpm.upper).toBeCloseTo(expected.upper, 12);
  });

  it('is the same for the same seed, and another for another', () => {
    const score = froc(scans);
    expect(bootstrapFroc(score, { seed: 1 })).toEqual(bootstrapFroc(score, { seed: 1 }));
    expect(bootstrapFroc(score, { seed: 1 }).mean).not.toEqual(bootstrapFroc(score, { seed: 2 }).mean);
  });

  it('spans 1/8 to 8 false positives per scan, the official rates among them', () => {
    const score = froc(scans);
    const band = bootstrapFroc(score, { seed: 1 });
    expect(band.falsePositivesPerScan).toHaveLength(97);
    const at = officialRates.map((rate) => band.falsePositivesPerScan.indexOf(rate));
    expect(at).toEqual([0, 16, 32, 48, 64, 80, 96]);
    expect(band.sensitivityAt.map(({ value }) => value)).toEqual(sensitivityAt(score));
    expect(band.sensitivityAt.map(({ lower }) => lower)).toEqual(at.map((i) => band.lower[i]));
    expect(band.sensitivityAt.map(({ upper }) => upper)).toEqual(at.map((i) => band.upper[i]));
  });

  it('has no width where all scans are alike', () => {
    const alike = scans.map(({ seriesUid }) => ({ ...scans[5]!, seriesUid }));
    const band = bootstrapFroc(froc(alike), { seed: 1, resamples: 20 });
    for (const [i, lower] of band.lower.entries()) expect(band.upper[i]).toBeCloseTo(lower, 12);
    expect(band.cpm.lower).toBeCloseTo(band.cpm.value, 12);
    expect(band.cpm.upper).toBeCloseTo(band.cpm.value, 12);
  });

  it('leaves out resamples without a nodule', () => {
    const [free, full] = [scans[3]!, scans[5]!];
    const band = bootstrapFroc(froc([free, full]), { seed: 1, resamples: 50, rates: [100] });
    expect(band.mean).toEqual(sensitivityAt(froc([full]), [100]));
    const none = bootstrapFroc(froc([free]), { seed: 1, resamples: 5 });
    expect(none.mean[0]).toBeNaN();
    expect(none.cpm).toEqual({ value: Number.NaN, lower: Number.NaN, upper: Number.NaN });
  });

  it('has no bounds where fewer than two scans hold a nodule', () => {
    for (const [list, cpmOf] of [
      [[scans[5]!], cpm(froc([scans[5]!]))],
      [[scans[3]!, scans[5]!, scans[6]!], cpm(froc([scans[3]!, scans[5]!, scans[6]!]))],
    ] as const) {
      const band = bootstrapFroc(froc(list), { seed: 1, resamples: 50 });
      expect(band.cpm).toEqual({ value: cpmOf, lower: Number.NaN, upper: Number.NaN });
      expect([...band.lower, ...band.upper].every(Number.isNaN)).toBe(true);
      expect(band.sensitivityAt.every(({ lower, upper }) => Number.isNaN(lower) && Number.isNaN(upper))).toBe(
        true,
      );
      expect(band.mean.some(Number.isNaN)).toBe(false);
    }
  });

  it('is wide with two scans, as in the documentation', () => {
    const nodules = [{ centerWorld: [0, 0, 0] as World, diameterMm: 6 }];
    const score = froc([
      { seriesUid: 'a', nodules, marks: [{ centerWorld: [1, 0, 0], probability: 0.9 }] },
      { seriesUid: 'b', nodules, marks: [] },
    ]);
    expect(bootstrapFroc(score, { seed: 1 }).cpm).toEqual({ value: 0.5, lower: 0, upper: 1 });
  });

  it('is 0 without a mark', () => {
    const band = bootstrapFroc(froc(scans.map((scan) => ({ ...scan, marks: [] }))), { seed: 1 });
    expect(band.cpm).toEqual({ value: 0, lower: 0, upper: 0 });
    expect(Math.max(...band.upper)).toBe(0);
  });

  it.each([
    [{ seed: 0.5 }, /seed a bootstrap with 0.5/],
    [{ seed: 1, resamples: 0 }, /0 resamples/],
    [{ seed: 1, resamples: 100_001 }, /100001 resamples: give a whole number, 1 … 100000/],
    [{ seed: 1, confidence: 1 }, /confidence 1/],
    [{ seed: 1, rates: [1, -1] }, /band at -1 false positives/],
  ])('refuses %j', (options, message) => {
    const score = froc(scans);
    expect(() => bootstrapFroc(score, options)).toThrow(RangeError);
    expect(() => bootstrapFroc(score, options)).toThrow(message);
  });
});
