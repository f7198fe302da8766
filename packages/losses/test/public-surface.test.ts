import { expect, test } from 'vitest';

test('the public surface', async () => {
  expect(Object.keys(await import('../src/index.ts')).sort()).toEqual([
    'addCounts',
    'countPixels',
    'countTensorPixels',
    'dlwptLoss',
    'noCounts',
    'scoresOf',
    'weightedCrossEntropy',
    'weightedDice',
  ]);
});
