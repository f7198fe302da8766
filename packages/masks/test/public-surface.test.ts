import { expect, test } from 'vitest';

test('exports exactly these names', async () => {
  expect(Object.keys(await import('../src/index.ts')).sort()).toEqual([
    'isLung',
    'lungOf',
    'nearLung',
    'rasterizeSpheres',
    'segmentLungs',
    'sliceRange',
    'visitSphere',
  ]);
});
