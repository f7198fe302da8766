import { type Geometry, identityDirection } from '@lunet/io';
import { expect, test } from 'vitest';
import { insideVolume, negativeBox, noduleBox } from '../src/chunks/chunk-box.ts';
import { defaultChunkSize } from '../src/index.ts';

const geometry: Geometry = {
  size: [512, 512, 200],
  spacing: [0.7, 0.7, 1],
  origin: [0, 0, 0],
  direction: identityDirection,
};

test('a nodule of 5 mm can be labelled on its five slices, with three of context before the first', () => {
  const nodule = { centerWorld: [70, 140, 50], diameterMm: 5 } as const;
  expect(noduleBox(geometry, nodule, defaultChunkSize)).toEqual({ start: [45, 152, 52], labelSlices: 5 });
});

test('the slice nearest to the centre is labelled, for even and odd ones alike', () => {
  for (const slice of [50, 51, 52, 53]) {
    for (const offset of [-0.4, 0, 0.4]) {
      const { start, labelSlices } = negativeBox(geometry, [70, 140, slice + offset], defaultChunkSize);
      expect([start[0] + 3, labelSlices]).toEqual([slice, 1]);
    }
  }
});

test('a chunk keeps its place at the ends of the volume, and only what is inside is read', () => {
  const box = noduleBox(geometry, { centerWorld: [0, 357, 199], diameterMm: 3 }, defaultChunkSize)!;
  expect(box).toEqual({ start: [195, 462, -48], labelSlices: 2 });
  expect(insideVolume(geometry, box, defaultChunkSize)).toEqual({ start: [0, 462, 195], size: [48, 50, 5] });
});

test('a nodule beside the volume has none', () => {
  const nodule = { centerWorld: [70, 140, 300], diameterMm: 5 } as const;
  expect(noduleBox(geometry, nodule, defaultChunkSize)).toBeUndefined();
});
