import { describe, expect, test } from 'vitest';
import { generatorFor } from '../src/generator.ts';
import { countSamples, planEpoch } from '../src/loader/plan-epoch.ts';
import { drawSample } from '../src/loader/sample.ts';
import { makeSet } from './make-chunk.ts';

const set = makeSet(4, 3);
const plan = (epoch: number, negativesPerPositive: number, samplesPerNodule = 1) =>
  planEpoch(set, { samplesPerNodule, negativesPerPositive }, generatorFor(5, epoch));

describe('planEpoch', () => {
  test('holds every nodule so often and the negatives by their ratio, shuffled anew each epoch', () => {
    const first = plan(0, 1.5, 2);
    expect([...first].filter((chunk) => chunk < 4).sort()).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
    expect(first).toHaveLength(20);
    expect(plan(1, 1.5, 2)).toHaveLength(20);
    expect([...plan(1, 1.5, 2)]).not.toEqual([...first]);
    expect([...plan(0, 1.5, 2)]).toEqual([...first]);
  });

  test('draws no negative a second time before each came once', () => {
    for (let epoch = 0; epoch < 20; epoch++) {
      const counts = [4, 5, 6].map((chunk) => plan(epoch, 2).filter((drawn) => drawn === chunk).length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      expect(plan(epoch, 0.5).filter((drawn) => drawn >= 4)).toHaveLength(2);
    }
    const drawn = new Set(Array.from({ length: 20 }, (_, epoch) => [...plan(epoch, 0.25)]).flat());
    expect(drawn.size).toBe(7);
  });

  test('throws without what it is to draw', () => {
    const options = { samplesPerNodule: 1, negativesPerPositive: 1 };
    expect(() => countSamples(makeSet(0, 2), options)).toThrow(
      new RangeError('Cannot plan epochs: none of the 2 chunks holds a nodule'),
    );
    expect(() => countSamples(makeSet(2, 0), options)).toThrow(/no chunk is a negative/);
    expect(() => countSamples(set, { ...options, negativesPerPositive: -1 })).toThrow(RangeError);
    expect(() => countSamples(set, { ...options, samplesPerNodule: 0 })).toThrow(RangeError);
  });
});

describe('drawSample', () => {
  test('draws every label slice and every start, the last one included', () => {
    const options = {
      crop: { rows: 16, columns: 16 },
      cropStart: { rows: [0, 8], columns: [1, 4] },
      augmentation: {},
    } as const;
    const samples = Array.from({ length: 500 }, (_, i) => drawSample(set, 3, options, generatorFor(i)));
    const distinct = (values: number[]) => [...new Set(values)].sort((a, b) => a - b);
    expect(distinct(samples.map(({ slice }) => slice))).toEqual([0, 1, 2, 3]);
    expect(distinct(samples.map(({ row }) => row))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(distinct(samples.map(({ column }) => column))).toEqual([1, 2, 3, 4]);
    expect(samples[0]).toEqual({
      chunk: 3,
      slice: samples[0]!.slice,
      row: samples[0]!.row,
      column: samples[0]!.column,
    });
  });
});
