import { identityDirection, toVoxels } from '@lunet/io';
import { expect, test } from 'vitest';
import { isLung, lungOf } from '../src/index.ts';

test("isLung takes all labels but background and LUNA16's trachea", () => {
  expect([0, 1, 3, 4, 5].filter(isLung)).toEqual([1, 3, 4]);
});

test('lungOf makes a mask of the lungs on the same grid, and leaves its input alone', () => {
  const geometry = {
    size: [3, 2, 1],
    spacing: [1, 1, 1],
    origin: [0, 0, 0],
    direction: identityDirection,
  } as const;
  const labels = { geometry, voxels: toVoxels(Uint16Array.of(0, 3, 4, 5, 1, 514), [1, 2, 3]) };
  const lung = lungOf(labels);
  expect(lung.geometry).toEqual(geometry);
  expect(lung.voxels.shape).toEqual([1, 2, 3]);
  expect(lung.voxels.data).toEqual(Uint8Array.of(0, 1, 1, 0, 1, 1));
  expect([...labels.voxels.data]).toEqual([0, 3, 4, 5, 1, 514]);
});
