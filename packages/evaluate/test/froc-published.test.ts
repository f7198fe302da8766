import { beforeAll, describe, expect, it } from 'vitest';
import { bootstrapFroc } from '../src/froc/bootstrap-froc.ts';
import { cpm, officialRates, sensitivityAt } from '../src/froc/froc.ts';
import { type FrocPoints, frocCurve } from '../src/froc/froc-curve.ts';
import { hasPublishedSystems, type PublishedSystem, readPublishedSystem } from './published-system.ts';

const suite = `LUNA16 systems as their authors published them${hasPublishedSystems ? '' : ' (skipped: no ../shared/data/luna16-froc)'}`;

describe.skipIf(!hasPublishedSystems)(suite, () => {
  describe.each([
    // The name, the mean of the seven sensitivities, and how many of the 888 scans' runs can be told apart.
    ['3DRes18FasterR-CNN', 0.834136, 888],
    ['All-predanno-1.5', 0.853168, 770],
    ['All-predanno-1', 0.850036, 745],
  ])('%s', (name, mean, runs) => {
    let system: PublishedSystem;
    let points: FrocPoints;
    beforeAll(async () => {
      system = await readPublishedSystem(name);
      points = frocCurve(system.ranking);
    });

    it('has the published points', () => {
      expect(points.threshold).toHaveLength(system.curve.length);
      for (const [point, [rate, sensitivity, threshold]] of system.curve.entries()) {
        expect(points.falsePositivesPerScan[point]).toBeCloseTo(rate!, 9);
        expect(points.sensitivity[point]).toBeCloseTo(sensitivity!, 9);
        expect(points.threshold[point]).toBe(threshold);
      }
    });

    it('has the published mean sensitivity', () => {
      expect(cpm({ points })).toBeCloseTo(mean, 6);
    });

    it('is read scan by scan: its misses are in the scans that the script lists', () => {
      expect(system.misses).toEqual(system.listedMisses);
      expect(system.runs).toBe(runs);
    });

    it.each([
      { seed: 1, resamples: 1000 },
      { seed: 2, resamples: 10_000 },
    ])('has the published band to 0.01, with seed $seed and $resamples resamples', (options) => {
      const band = bootstrapFroc({ points, ranking: system.ranking }, { ...options, rates: officialRates });
      for (const [i, rate] of officialRates.entries()) {
        const [, ...published] = system.band.toSorted(
          ([a], [b]) => Math.abs(a! - rate) - Math.abs(b! - rate),
        )[0]!;
        const ours = [band.mean[i]!, band.lower[i]!, band.upper[i]!];
        for (const [bound, value] of ours.entries()) {
          expect(Math.abs(value - published[bound]!), `${rate} FP: ${ours} vs ${published}`).toBeLessThan(
            0.01,
          );
        }
      }
      expect(band.sensitivityAt.map(({ value }) => value)).toEqual(sensitivityAt({ points }));
    });
  });
});
