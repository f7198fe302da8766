import { describe, expect, it } from 'vitest';
import { capMarks } from '../src/froc/cap-marks.ts';

const marks = (...probabilities: number[]) => probabilities.map((probability) => ({ probability }));

describe('capMarks', () => {
  it('keeps those strictly above the first one too many, in their order', () => {
    expect(capMarks(marks(0.5, 0.9, 0.5), 2)).toEqual(marks(0.9));
    expect(capMarks(marks(0.1, 0.9, 0.5), 2)).toEqual(marks(0.9, 0.5));
    expect(capMarks(marks(-5, -9, -7), 1)).toEqual(marks(-5));
    expect(capMarks(marks(0.5, 0.5, 0.5), 2)).toEqual([]);
  });

  it('leaves as many as allowed alone, ties or not', () => {
    expect(capMarks(marks(0.5, 0.5), 2)).toEqual(marks(0.5, 0.5));
    expect(capMarks([], 2)).toEqual([]);
  });
});
