import fc from 'fast-check';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, test } from 'vitest';
import { type Crop, emptyCrop } from '../src/crop/crop.ts';
import { generatorFor } from '../src/generator.ts';
import { type Chunk, type ChunkSet, cropAt, resampleCrop, type Sample } from '../src/index.ts';
import { drawSample } from '../src/loader/sample.ts';
import { SampleRenderer } from '../src/loader/sample-renderer.ts';
import { addNoise } from './add-noise.ts';
import { makeChunk } from './make-chunk.ts';

/** Renders a sample by the functions that stand alone. */
function renderPlainly({ chunks, size }: ChunkSet<Chunk>, sample: Sample, crop: Crop, frame: Frame): void {
  const { chunk, affine, noise, ...place } = sample;
  if (affine) resampleCrop(chunks[chunk]!, size, { slice: place.slice, affine, ...frame }, crop);
  else cropAt(chunks[chunk]!, size, { ...place, ...frame }, crop);
  if (noise) addNoise(crop.image, noise.sigma, xoroshiro128plusFromState(noise.state));
}

type Frame = { readonly rows: number; readonly columns: number };

/** A chunk of noise, and a label of noise. */
function noisyChunk(size: ChunkSet['size'], labelSlices: number, seed: number): Chunk {
  const generator = generatorFor(seed);
  return makeChunk(
    size,
    labelSlices,
    () => ((generator.next() >>> 0) % 2001) - 1000,
    () => (generator.next() & 1) === 1,
  );
}

const anySize = fc.record({
  slices: fc.constantFrom(1, 3, 5, 7, 9, 11),
  rows: fc.integer({ min: 1, max: 17 }),
  columns: fc.integer({ min: 1, max: 17 }),
});
const anyAugmentation = fc.record(
  {
    flip: fc.boolean(),
    offset: fc.oneof(fc.constant(Number.MAX_VALUE), fc.double({ min: 0, max: 50, noNaN: true })),
    scale: fc.double({ min: 0, max: 0.99, noNaN: true }),
    rotate: fc.boolean(),
    noise: fc.oneof(fc.constant(Number.MAX_VALUE), fc.double({ min: 0, max: 500, noNaN: true })),
  },
  { requiredKeys: [] },
);

describe('SampleRenderer', () => {
  test('gives the bytes of cropAt and resampleCrop, and noise like pure-rand, for any size and augmentation', () => {
    fc.assert(
      fc.property(
        anySize,
        anyAugmentation,
        fc.integer(),
        fc.double({ min: 0, max: 1 }),
        (size, augmentation, seed, part) => {
          const frame = { rows: Math.ceil(part * size.rows) || 1, columns: size.columns };
          const set = { size, chunks: [noisyChunk(size, 2, seed), noisyChunk(size, 3, seed + 1)] };
          const cropStart = { rows: [0, size.rows - frame.rows], columns: [0, 0] } as const;
          const renderer = new SampleRenderer(set, frame);
          const [found, wanted] = [emptyCrop(frame, size.slices), emptyCrop(frame, size.slices)];
          for (const chunk of [0, 1, 0]) {
            const options = { crop: frame, cropStart, augmentation };
            const sample = drawSample(set, chunk, options, generatorFor(seed, chunk));
            renderer.render(sample, found);
            renderPlainly(set, sample, wanted, frame);
            expect(found).toEqual(wanted);
            expect(found.image.every((value) => value >= -1000 && value <= 1000)).toBe(true);
            expect(found.label.every((value) => value === 0 || value === 1)).toBe(true);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  test('adds noise that is Gaussian with the deviation asked for, and independent from value to value', () => {
    const size = { slices: 7, rows: 170, columns: 170 };
    const set = { size, chunks: [makeChunk(size, 1, () => 0)] };
    const { image: values, label } = emptyCrop(size, size.slices);
    const noise = { sigma: 25, state: generatorFor(7).getState() };
    new SampleRenderer(set, size).render(
      { chunk: 0, slice: 0, row: 0, column: 0, noise },
      { image: values, label },
    );
    const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / values.length;
    // Four standard errors of each estimate at 202,300 values.
    expect(Math.abs(moment(1))).toBeLessThan(0.23);
    expect(Math.abs(Math.sqrt(moment(2)) - 25)).toBeLessThan(0.16);
    // A table of 4,096 quantiles has the kurtosis 2.996, a Gaussian 3.
    expect(Math.abs(moment(4) / moment(2) ** 2 - 3)).toBeLessThan(0.06);
    for (const lag of [1, 2, 3]) {
      const product = values.subarray(lag).reduce((sum, value, i) => sum + value * values[i]!, 0);
      expect(Math.abs(product / values.length / 625), `lag ${lag}`).toBeLessThan(0.009);
    }
  });

  test('throws on a chunk, a slice and a place that are not there', () => {
    const size = { slices: 3, rows: 4, columns: 4 };
    const renderer = new SampleRenderer({ size, chunks: [makeChunk(size, 2, () => 0)] }, size);
    const render = (sample: Partial<Sample>) => (): void =>
      renderer.render({ chunk: 0, slice: 0, row: 0, column: 0, ...sample }, emptyCrop(size, 3));
    expect(render({ chunk: 1 })).toThrow('Cannot render a sample of chunk 1: the set has 1 chunks');
    expect(render({ slice: 2, affine: [1, 0, 0, 0, 1, 0] })).toThrow(
      new RangeError('Cannot resample label slice 2: the chunk has 2 label slices'),
    );
    expect(render({ row: 1 })).toThrow(RangeError);
  });
});
