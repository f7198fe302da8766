import { type Geometry, identityDirection, toVoxels, type World } from '@lunet/io';
import { rasterizeSpheres } from '@lunet/masks';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureScan } from '../src/index.ts';

/** A row of voxels, 2 mm apart. */
function row(...probabilities: number[]) {
  const geometry: Geometry = {
    size: [probabilities.length, 1, 1],
    spacing: [2, 2, 2],
    origin: [0, 0, 0],
    direction: identityDirection,
  };
  return { geometry, voxels: toVoxels(new Float32Array(probabilities), [1, 1, probabilities.length]) };
}

/** A nodule that covers the voxels from `first` to `last` of a row. */
function over(first: number, last: number) {
  const centerWorld: World = [first + last, 0, 0];
  return { centerWorld, diameterMm: 2 * (last - first + 1) };
}

const measure = (prediction: ReturnType<typeof row>, ...nodules: ReturnType<typeof over>[]) =>
  measureScan(prediction, { seriesUid: '1.2', nodules });

describe('measureScan', () => {
  it('has the values of its example', () => {
    const prediction = row(0.9, 0.8, 0.6, 0);
    const nodules = [{ centerWorld: [1, 0, 0] as const, diameterMm: 4 }];
    const { allSlices, nodules: measured } = measureScan(prediction, { seriesUid: '1.2', nodules });
    expect(allSlices).toEqual({ truePositives: 2, falsePositives: 1, falseNegatives: 0, trueNegatives: 1 });
    expect(measured[0]).toMatchObject({ dice: 0.8, truthMm3: 16, predictedMm3: 24, volumeError: 0.5 });
  });

  it('charges a nodule with all of a component that runs on', () => {
    const [nodule] = measure(row(0, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0), over(1, 2)).nodules;
    expect(nodule).toMatchObject({ dice: (2 * 2) / (2 + 6), predictedMm3: 48 });
  });

  it('does not charge nodules with each other: a perfect prediction has a Dice of 1 even where they overlap', () => {
    const apart = measure(row(0.9, 0.9, 0.9, 0.9, 0.9, 0), over(0, 1), over(2, 4)).nodules;
    expect(apart.map(({ dice }) => dice)).toEqual([1, 1]);
    const overlapping = measure(row(0.9, 0.9, 0.9, 0.9, 0, 0), over(0, 2), over(1, 3)).nodules;
    expect(overlapping.map(({ dice, predictedMm3 }) => [dice, predictedMm3])).toEqual([
      [1, 24],
      [1, 24],
    ]);
    const twice = measure(row(0.9, 0.9, 0), over(0, 1), over(0, 1)).nodules;
    expect(twice.map(({ dice }) => dice)).toEqual([1, 1]);
  });

  it('gives every nodule a Dice of 1 where the prediction is the truth, in any order', () => {
    const along = (mm: number) => fc.double({ min: 0, max: mm, noNaN: true });
    const anySphere = fc.record({
      centerWorld: fc.tuple(along(14), along(12), along(20)),
      diameterMm: fc.double({ min: 0.5, max: 9, noNaN: true }),
    });
    const geometry: Geometry = {
      size: [20, 20, 9],
      spacing: [0.75, 0.625, 2.5],
      origin: [0, 0, 0],
      direction: identityDirection,
    };
    fc.assert(
      fc.property(fc.array(anySphere, { minLength: 1, maxLength: 6 }), (nodules) => {
        const { nodules: measured, allSlices } = measureScan(rasterizeSpheres(geometry, nodules), {
          seriesUid: '1.2',
          nodules: nodules.toReversed(),
        });
        expect(measured.map(({ dice, volumeError }) => [dice, volumeError])).toEqual(
          nodules.map(() => [1, 0]),
        );
        expect(allSlices).toMatchObject({ falsePositives: 0, falseNegatives: 0 });
      }),
      { numRuns: 25 },
    );
  });

  it('charges both nodules with what lies between them', () => {
    const { nodules } = measure(row(0.9, 0.9, 0.9, 0.9, 0.9), over(0, 1), over(3, 4));
    expect(nodules.map(({ dice }) => dice)).toEqual([4 / 5, 4 / 5]);
  });

  it('counts all components that touch a nodule, and no other', () => {
    const [nodule] = measure(row(0.9, 0, 0.9, 0, 0.9), over(0, 2)).nodules;
    expect(nodule!.dice).toBe((2 * 2) / (3 + 2));
  });

  it('gives an untouched nodule a Dice of 0 and a volume error of −1', () => {
    const [nodule] = measure(row(0, 0, 0.9, 0), over(0, 0)).nodules;
    expect(nodule).toMatchObject({
      found: false,
      probability: null,
      dice: 0,
      predictedMm3: 0,
      volumeError: -1,
    });
  });

  it('gives a nodule outside the scan no volume error', () => {
    const [nodule] = measure(row(0.9, 0.9), over(10, 12)).nodules;
    expect(nodule).toMatchObject({ found: false, dice: 0, truthMm3: 0, volumeError: null });
  });

  it('finds nodules by the official rule, which a component with its centre elsewhere does not meet', () => {
    const [nodule] = measure(row(0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9), over(0, 1)).nodules;
    expect(nodule).toMatchObject({ found: false, probability: null, dice: 4 / 9 });
  });

  it('says what each candidate lies on: a nodule before a finding', () => {
    const prediction = row(0.9, 0.9, 0, 0.8, 0.8, 0, 0.7, 0.7);
    const { candidates } = measureScan(prediction, {
      seriesUid: '1.2',
      nodules: [over(0, 1)],
      excluded: [
        { ...over(0, 1), diameterMm: -1 },
        { ...over(3, 4), diameterMm: -1 },
      ],
    });
    expect(candidates.map(({ liesOn }) => liesOn)).toEqual(['nodule', 'finding', 'nothing']);
  });

  it('counts the slices with a nodule apart, and takes a given truth for the spheres', () => {
    const geometry: Geometry = {
      size: [2, 1, 3],
      spacing: [4, 4, 4],
      origin: [0, 0, 0],
      direction: identityDirection,
    };
    const voxels = toVoxels(new Float32Array([0, 0.9, 0.9, 0, 0.9, 0.9]), [3, 1, 2]);
    const nodules = [{ centerWorld: [0, 0, 4] as const, diameterMm: 3 }];
    const scan = { seriesUid: '1.2', nodules };
    const bySphere = measureScan({ geometry, voxels }, scan);
    expect(bySphere.allSlices).toEqual({
      truePositives: 1,
      falsePositives: 3,
      falseNegatives: 0,
      trueNegatives: 2,
    });
    expect(bySphere.noduleSlices).toEqual({
      truePositives: 1,
      falsePositives: 0,
      falseNegatives: 0,
      trueNegatives: 1,
    });
    const sameTruth = rasterizeSpheres(geometry, nodules);
    expect(measureScan({ geometry, voxels }, { ...scan, truth: sameTruth })).toEqual(bySphere);
    const truth = { geometry, voxels: toVoxels(new Uint8Array([7, 0, 0, 0, 0, 0]), [3, 1, 2]) };
    expect(measureScan({ geometry, voxels }, { ...scan, truth }).noduleSlices).toEqual({
      truePositives: 0,
      falsePositives: 1,
      falseNegatives: 1,
      trueNegatives: 0,
    });
  });

  it('is the same after JSON', () => {
    const measured = measure(row(0.9, 0.3, 0, 0.7), over(0, 1));
    expect(JSON.parse(JSON.stringify(measured))).toEqual(measured);
  });

  it('takes a mask of 1 or of 255', () => {
    const { geometry } = row(0, 0, 0);
    const mask = (value: number) => ({
      geometry,
      voxels: toVoxels(new Uint8Array([value, value, 0]), [1, 1, 3]),
    });
    const scan = { seriesUid: '1.2', nodules: [over(0, 1)] };
    expect(measureScan(mask(1), scan).nodules[0]).toMatchObject({ found: true, dice: 1 });
    expect(measureScan(mask(255), scan)).toEqual(measureScan(mask(1), scan));
  });

  it('says which voxel is not a probability', () => {
    const prediction = row(0, 0.2, Number.NaN, 0.7);
    expect(() => measure(prediction, over(0, 1))).toThrow(
      'voxel 2,0,0 (x,y,z) of the prediction is NaN, not a probability 0 … 1',
    );
    expect(() => measure(row(0, -3.5))).toThrow('is -3.5');
    expect(() => measure(row(0, 4))).toThrow('is 4');
  });

  it('refuses a threshold that is not one, and nodules that are no spheres', () => {
    const scan = { seriesUid: '1.2', nodules: [] };
    expect(() => measureScan(row(0), scan, { threshold: 1 })).toThrow('threshold in [0, 1)');
    expect(() => measureScan(row(0), scan, { threshold: Number.NaN })).toThrow(RangeError);
    expect(() => measure(row(0), { centerWorld: [0, 0, 0], diameterMm: 0 })).toThrow('diameterMm is 0');
  });
});
