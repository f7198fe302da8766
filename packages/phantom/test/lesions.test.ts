import { expect, test } from 'vitest';
import { shapeLesion } from '../src/draw-lesion.ts';
import { describe as describeLesion, diameterAt } from '../src/lesions.ts';
import { createRandom } from '../src/random.ts';

test("diameters follow LUNA16's annotations", () => {
  expect([0, 0.25, 0.5, 0.75, 1].map(diameterAt)).toEqual([3.25, 5.11, 6.43, 9.7, 32.27]);
  expect(diameterAt(0.375)).toBeCloseTo((5.11 + 6.43) / 2, 10);
});

test('a lobulated nodule stays within 35 % of the radius of its annotated sphere', () => {
  const random = createRandom(1, 'test');
  for (let i = 0; i < 50; i++) {
    const { reach } = shapeLesion(describeLesion(random, [0, 0, 0], 10, 'free'));
    expect(reach).toBeGreaterThan(5);
    expect(reach).toBeLessThan(6.75);
  }
});
