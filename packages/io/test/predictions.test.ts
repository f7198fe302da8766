import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPredictions, parsePredictions } from '../src/index.ts';

const header = 'seriesuid,coordX,coordY,coordZ,probability';

describe('parsePredictions', () => {
  it('reads a row, as in the documentation', () => {
    expect(parsePredictions(`${header}\n1.3.6,68.5,-74.5,-288.75,0.875\n`)).toEqual([
      { seriesUid: '1.3.6', centerWorld: [68.5, -74.5, -288.75], probability: 0.875 },
    ]);
  });

  it('reads CRLF, a byte order mark, other columns and their order, and no rows', () => {
    const rows = [{ seriesUid: '1.3.6', centerWorld: [1, 2, 3], probability: 4e-5 }];
    expect(parsePredictions(`\ufeff${header}\r\n1.3.6,1,2,3,4e-05\r\n`)).toEqual(rows);
    expect(parsePredictions('probability,rank,seriesuid,coordZ,coordY,coordX\n4e-5,1,1.3.6,3,2,1')).toEqual(
      rows,
    );
    expect(parsePredictions(`${header}\n`)).toEqual([]);
  });

  it('takes any finite number as a probability, since systems submit scores, too', () => {
    const csv = `${header}\n1,0,0,0,-12.5\n1,0,0,0,0\n1,0,0,0,1e300\n`;
    expect(parsePredictions(csv).map(({ probability }) => probability)).toEqual([-12.5, 0, 1e300]);
  });

  it.each([
    ['', /no column seriesuid/],
    [`${header.replace('probability', 'p')}\n`, /p\.csv: no column probability/],
    [`${header}\n1.3.6,1,2,3\n`, /p\.csv: row 2 has 4 fields, the first has 5/],
    [
      `${header}\n1.3.6,1,2,3,0.5\n1.3.6,1,2,3,nan\n`,
      /p\.csv: row 3: probability is "nan", expected a number/,
    ],
    [`${header}\n1.3.6,1,2,3,inf\n`, /row 2: probability is "inf"/],
    [`${header}\n1.3.6,1,2,3,\n`, /row 2: probability is ""/],
    [`${header}\n1.3.6,1,2,--,1\n`, /row 2: coordZ is "--"/],
  ])('refuses %j', (csv, message) => {
    expect(() => parsePredictions(csv, 'p.csv')).toThrow(SyntaxError);
    expect(() => parsePredictions(csv, 'p.csv')).toThrow(message);
  });

  it('reads back what formatPredictions writes, digit for digit', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0);
    const mark = fc.record({
      seriesUid: fc.stringMatching(/^[0-9]+(\.[0-9]+){1,9}$/),
      centerWorld: fc.tuple(number, number, number),
      probability: number,
    });
    fc.assert(
      fc.property(fc.array(mark), (marks) => {
        expect(parsePredictions(formatPredictions(marks))).toEqual(marks);
      }),
      { numRuns: 50 },
    );
  });
});

describe('formatPredictions', () => {
  it('writes the challenge’s columns, as in the documentation', () => {
    const mark = { seriesUid: '1.3.6', centerWorld: [1, 2, -3.5], probability: 0.25 } as const;
    expect(formatPredictions([mark])).toBe(`${header}\n1.3.6,1,2,-3.5,0.25\n`);
    expect(formatPredictions([])).toBe(`${header}\n`);
  });
});
