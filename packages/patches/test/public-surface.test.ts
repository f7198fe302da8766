import { expect, test } from 'vitest';

test('exports exactly these names', async () => {
  expect(Object.keys(await import('../src/index.ts')).sort()).toEqual([
    'clipHounsfield',
    'collectChunks',
    'createLoader',
    'cropAt',
    'cutChunk',
    'defaultChunkSize',
    'defaultCropSize',
    'drawAffine',
    'fullSlice',
    'lungPixels',
    'referenceAugmentation',
    'resampleCrop',
  ]);
});
