import { expect, test } from 'vitest';
import { resolveUnetOptions } from '../src/index.ts';

test('the public surface', async () => {
  expect(Object.keys(await import('../src/index.ts')).sort()).toEqual([
    'buildUnet',
    'checkInputSize',
    'decodeSafetensors',
    'encodeSafetensors',
    'halo',
    'loadSafetensors',
    'loadTfjs',
    'loadWeights',
    'readWeights',
    'receptiveField',
    'resolveUnetOptions',
    'saveSafetensors',
    'saveTfjs',
    'sizeDivisor',
    'unetOptions',
    'writeWeights',
  ]);
});

test('the defaults', () => {
  expect(resolveUnetOptions({ filters: 8 })).toEqual({
    inputChannels: 7,
    filters: 8,
    depth: 3,
    blockConvolutions: 2,
    pooling: 'average',
    upsampling: 'transposed',
    normalisation: 'after',
    batchNormMomentum: 0.9,
    batchNormEpsilon: 1e-5,
    inputNormalisation: true,
    initialForegroundProbability: 0.01,
  });
});
