import './backend.ts';
import { expectNoTensorLeak } from '@lunet/testing';
import { concat, dispose, grad, type Tensor, tensor4d, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type WeightedDiceOptions, weightedDice } from '../src/index.ts';
import { flat, noduleOf } from './nodule.ts';

const lossOf = (labels: () => Tensor, predictions: () => Tensor, options?: WeightedDiceOptions): number =>
  tidy(() => weightedDice(labels(), predictions(), options).dataSync()[0]!);

const square = (...values: [number, number, number, number]) => tensor4d(values, [1, 2, 2, 1]);

describe('by hand on four pixels: TP = FN = FP = 1', () => {
  const labels = () => square(1, 1, 0, 0);
  const predictions = () => square(1, 0, 1, 0);
  test.each([
    [{}, 1 - 3 / 12],
    [{ falseNegativeWeight: 1 }, 1 - 3 / 5],
    [{ falsePositiveWeight: 3 }, 1 - 3 / 14],
    [{ falseNegativeWeight: 1, epsilon: 0.5 }, 1 - 2.5 / 4.5],
  ])('%j', (options, loss) => {
    expect(lossOf(labels, predictions, options)).toBeCloseTo(loss, 6);
  });
});

describe('reductions on a sample that is right and one that is wrong', () => {
  const labels = () => tidy(() => concat([square(1, 0, 0, 0), square(0, 0, 0, 0)]));
  const predictions = () => tidy(() => concat([square(1, 0, 0, 0), square(1, 1, 0, 0)]));
  test("'sample' averages 0 and 1 − 1/3", () => {
    expect(lossOf(labels, predictions, { reduction: 'sample' })).toBeCloseTo((0 + 2 / 3) / 2, 6);
  });
  test("'batch' has TP 1 and FP 2: 1 − 3/5", () => {
    expect(lossOf(labels, predictions, { reduction: 'batch' })).toBeCloseTo(2 / 5, 6);
  });
});

describe('with the defaults a collapse is never attractive', () => {
  const batch = (...samples: Tensor[]) => tidy(() => concat(samples));
  const labels = () => batch(noduleOf(50), noduleOf(0));
  const lossOfBoth = (p: number) => lossOf(labels, () => batch(flat(p), flat(p)));

  test('all zeros and all ones both cost nearly 1', () => {
    expect(lossOfBoth(0)).toBeCloseTo(1 - 1 / 401, 6);
    expect(lossOfBoth(1)).toBeCloseTo(1 - 101 / (100 + 8142 + 1), 5);
  });
  test('half the nodule is better than either', () => {
    expect(lossOf(labels, () => batch(noduleOf(25), noduleOf(0)))).toBeLessThan(0.85);
  });
  test('the nodule with a rim as large again is better than half the nodule', () => {
    const rim = lossOf(labels, () => batch(noduleOf(100), noduleOf(0)));
    expect(rim).toBeCloseTo(50 / 151, 5);
    expect(rim).toBeLessThan(lossOf(labels, () => batch(noduleOf(25), noduleOf(0))));
  });
  test.each([4, 50, 800])(
    'the first push on a nodule of %i pixels outweighs that on the background',
    (pixels) => {
      const pushes = tidy(() => {
        const label = noduleOf(pixels);
        return grad((p: Tensor) => weightedDice(label, p))(flat(0.1)).dataSync();
      });
      expect(pushes[0]).toBeLessThan(0);
      expect(Math.abs(pushes[0]!)).toBeGreaterThan(8 * Math.abs(pushes.at(-1)!));
    },
  );
});

describe('gradient', () => {
  const options = fc.record({
    falseNegativeWeight: fc.constantFrom(0, 1, 3, 8),
    falsePositiveWeight: fc.constantFrom(0, 1, 2),
    epsilon: fc.constantFrom(0.1, 1, 10),
    reduction: fc.constantFrom('sample' as const, 'batch' as const),
  });
  const pixels = fc.array(
    fc.record({ p: fc.float({ min: 0, max: 1, noNaN: true }), y: fc.constantFrom(0, 1) }),
    {
      minLength: 8,
      maxLength: 8,
    },
  );

  /** The formula in float64, straight from the definition. */
  function exactLoss(y: number[], p: number[], o: Required<WeightedDiceOptions>): number {
    const groups =
      o.reduction === 'batch'
        ? [[0, 8]]
        : [
            [0, 4],
            [4, 8],
          ];
    const losses = groups.map(([from, to]) => {
      let [tp, fn, fp] = [0, 0, 0];
      for (let i = from!; i < to!; i++) {
        tp += p[i]! * y[i]!;
        fn += (1 - p[i]!) * y[i]!;
        fp += p[i]! * (1 - y[i]!);
      }
      const top = 2 * tp + o.epsilon;
      return 1 - top / (2 * tp + o.falseNegativeWeight * fn + o.falsePositiveWeight * fp + o.epsilon);
    });
    return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  }

  test('and value equal the definition and its central differences in float64', () => {
    fc.assert(
      fc.property(pixels, options, (drawn, o) => {
        const y = drawn.map((pixel) => pixel.y);
        const p = drawn.map((pixel) => pixel.p);
        const [value, slopes] = tidy(() => {
          const labels = tensor4d(y, [2, 2, 2, 1]);
          const predictions = tensor4d(p, [2, 2, 2, 1]);
          const loss = (x: Tensor) => weightedDice(labels, x, o);
          return [loss(predictions).dataSync()[0]!, grad(loss)(predictions).dataSync()];
        });
        // float32 against float64: sums of at most 64 keep seven digits.
        expect(value).toBeCloseTo(exactLoss(y, p, o), 5);
        const step = 1e-4;
        for (let i = 0; i < 8; i++) {
          const shifted = (by: number) => exactLoss(y, p.with(i, p[i]! + by), o);
          const expected = (shifted(step) - shifted(-step)) / (2 * step);
          expect(Math.abs(slopes[i]! - expected)).toBeLessThanOrEqual(1e-4 * Math.max(1, Math.abs(expected)));
        }
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  test.each([0, 1])(
    'is finite where every probability is exactly %i, with and without a nodule',
    (probability) => {
      for (const pixels of [0, 50, 4096]) {
        const slopes = tidy(() => {
          const labels = noduleOf(pixels);
          return grad((p: Tensor) => weightedDice(labels, p))(flat(probability)).dataSync();
        });
        expect(slopes.every(Number.isFinite)).toBe(true);
      }
    },
  );
});

test('leaves one tensor behind, and its gradient too', async () => {
  const [labels, predictions] = [noduleOf(3), flat(0.5)];
  const loss = await expectNoTensorLeak(() => weightedDice(labels, predictions), 1);
  const slopes = await expectNoTensorLeak(() => grad((p: Tensor) => weightedDice(labels, p))(predictions), 1);
  dispose([loss, slopes, labels, predictions]);
});

test('refuses other shapes and weights by name', () => {
  const labels = square(1, 0, 0, 0);
  expect(() => weightedDice(labels, flat(0))).toThrow(
    new TypeError('Cannot compare labels [1,2,2,1] with predictions [1,64,64,1]: shapes differ'),
  );
  expect(() => weightedDice(labels, labels, { epsilon: 0 })).toThrow(RangeError);
  expect(() => weightedDice(labels, labels, { falseNegativeWeight: -1 })).toThrow(/wFN -1/);
});
