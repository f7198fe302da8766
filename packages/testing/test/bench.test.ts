import { describe, expect, it } from 'vitest';
import { formatRows, measureInTurn, median } from '../src/bench/index.ts';

describe('formatRows', () => {
  it('gives a Markdown table, as in the documentation', () => {
    expect(formatRows([{ work: 'sort', ours: 2, rival: 5, rivalName: 'bubbles' }])).toBe(
      [
        '| work | ours | rival | its | ratio | goal | note |',
        '| --- | --- | --- | --- | --- | --- | --- |',
        '| sort | 2.00 ms | bubbles | 5.00 ms | 2.5x | – |  |',
      ].join('\n'),
    );
  });

  it('calls more of a rate better, and says where a rival is not installed', () => {
    const rows = formatRows([
      { work: 'load', ours: 3000, rival: 1000, rivalName: 'other', unit: 'crops/s' },
      { work: 'read', ours: 0.1234, rivalName: 'NumPy', goal: '≥ 2x', note: 'cached' },
    ]);
    expect(rows).toContain('| load | 3,000 crops/s | other | 1,000 crops/s | 3.0x | – |  |');
    expect(rows).toContain('| read | 0.12 ms | NumPy | not installed | – | ≥ 2x | cached |');
  });
});

describe('measureInTurn', () => {
  it('takes medians of rounds in turn, without the first, and the times that works tell', async () => {
    const order: string[] = [];
    const told = [99, 5, 1, 3];
    const times = await measureInTurn(
      {
        a: () => {
          order.push('a');
          return { ms: told.shift() };
        },
        b: () => void order.push('b'),
        absent: undefined,
      },
      { rounds: 3, prepare: () => order.push('prepare') },
    );
    expect(order).toEqual(Array.from({ length: 4 }, () => ['prepare', 'a', 'prepare', 'b']).flat());
    expect(times.a).toBe(3);
    expect(times.b).toBeGreaterThanOrEqual(0);
    expect(times.absent).toBeUndefined();
  });
});

describe('median', () => {
  it('is the middle value, or the mean of two', () => {
    expect(median([9, 1, 2])).toBe(2);
    expect(median([9, 1, 2, 4])).toBe(3);
  });
});
