import { expect, test } from 'vitest';

test('exports exactly these names', async () => {
  expect(Object.keys(await import('../src/index.ts')).sort()).toEqual([
    'clipHounsfield',
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
  expect(Object.keys(await import('../src/node.ts')).sort()).toEqual([
    'ChunkStore',
    'collectChunks',
    'collectNegativesAt',
    'createLoader',
    'openStore',
    'prepareStore',
  ]);
});
