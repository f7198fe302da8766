import { describe, expect, test } from 'vitest';
import { lungPixels } from '../src/index.ts';

const [air, tissue, lung, padding] = [-1000, 40, -800, -3024];

describe('lungPixels', () => {
  test('gives the example: lung in a ring of tissue', () => {
    const slice = Int16Array.of(air, tissue, air, tissue, lung, tissue, air, tissue, air);
    expect([...lungPixels(slice, 3, 3)]).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0]);
  });

  test('follows the outside round corners, through padding and a notch in the body', () => {
    const slice = Int16Array.from(
      [
        [padding, padding, padding, padding, padding],
        [padding, tissue, tissue, tissue, padding],
        [air, air, air, tissue, padding],
        [padding, tissue, air, tissue, padding],
        [padding, tissue, tissue, tissue, padding],
        [padding, tissue, lung, tissue, padding],
        [padding, tissue, tissue, tissue, padding],
      ].flat(),
    );
    const marked = lungPixels(slice, 7, 5);
    expect([...marked.entries()].filter(([, value]) => value === 1)).toEqual([[27, 1]]);
  });

  test('finds none without tissue, and none without air', () => {
    expect([...lungPixels(new Int16Array(9).fill(air), 3, 3)]).toEqual(new Array(9).fill(0));
    expect([...lungPixels(new Int16Array(9).fill(tissue), 3, 3)]).toEqual(new Array(9).fill(0));
  });
});
