import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outlinePath } from '../src/outline-path.ts';

/** The outline of a mask that is drawn with # and other characters. */
function outline(...rows: readonly string[]): string {
  const mask = rows.flatMap((row) => [...row].map((character) => (character === '#' ? 1 : 0)));
  return outlinePath(mask, rows[0]!.length, rows.length);
}

/** The corners of each closed loop of a path. */
function loopsOf(path: string): [number, number][][] {
  return path
    .split('z')
    .slice(0, -1)
    .map((loop) => {
      const [, startX, startY] = /^M(\d+) (\d+)/.exec(loop)!;
      let [x, y] = [Number(startX), Number(startY)];
      const corners: [number, number][] = [[x, y]];
      for (const [, direction, length] of loop.matchAll(/([hv])(-?\d+)/g)) {
        if (direction === 'h') x += Number(length);
        else y += Number(length);
        corners.push([x, y]);
      }
      return corners;
    });
}

/** How often the loops go round the centre of a pixel, clockwise on the screen. */
function winding(loops: readonly [number, number][][], x: number, y: number): number {
  let turns = 0;
  for (const loop of loops) {
    for (const [i, [fromX, fromY]] of loop.entries()) {
      const [, toY] = loop[(i + 1) % loop.length]!;
      if (fromX > x + 0.5 && fromY <= y && toY > y) turns++;
      if (fromX > x + 0.5 && toY <= y && fromY > y) turns--;
    }
  }
  return turns;
}

describe('outlinePath', () => {
  it('goes clockwise round one pixel', () => {
    expect(outline('...', '.#.', '...')).toBe('M1 1h1v1h-1z');
  });

  it('closes along the border of the picture', () => {
    expect(outline('##', '##')).toBe('M0 0h2v2h-2z');
    expect(outlinePath([0, 1, 1, 0], 4, 1)).toBe('M1 0h2v1h-2z');
  });

  it('has no corner where the outline goes straight on', () => {
    expect(outline('##.', '###')).toBe('M0 0h2v1h1v1h-3z');
  });

  it('goes counter-clockwise round a hole', () => {
    expect(outline('###', '#.#', '###')).toBe('M0 0h3v3h-3zM1 2h1v-1h-1z');
  });

  it('keeps pixels apart that touch at a corner', () => {
    expect(outline('#.', '.#')).toBe('M0 0h1v1h-1zM1 1h1v1h-1z');
    expect(outline('.#', '#.')).toBe('M1 0h1v1h-1zM0 1h1v1h-1z');
  });

  it('passes twice through a corner that is pinched', () => {
    expect(outline('###', '#.#', '##.')).toBe('M0 0h3v2h-1v-1h-1v1h1v1h-2z');
  });

  it('is empty for an empty mask', () => {
    expect(outline('..', '..')).toBe('');
  });

  it('winds once round every pixel of any mask, and not round the others', () => {
    const anyMask = fc
      .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 }))
      .chain(([width, height]) =>
        fc.record({
          width: fc.constant(width),
          mask: fc.array(fc.constantFrom(0, 1), { minLength: width * height, maxLength: width * height }),
        }),
      );
    fc.assert(
      fc.property(anyMask, ({ width, mask }) => {
        const loops = loopsOf(outlinePath(mask, width, mask.length / width));
        const drawn = mask.map((_, i) => winding(loops, i % width, Math.floor(i / width)));
        expect(drawn).toEqual(mask);
      }),
      { numRuns: 50 },
    );
  });
});
