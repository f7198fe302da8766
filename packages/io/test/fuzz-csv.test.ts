import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAnnotations, parseCandidates, parsePredictions, parseSeriesUids } from '../src/index.ts';
import { mutated } from './mutations.ts';

const seed = 20261123;
const place = 'seriesuid,coordX,coordY,coordZ';
const parsers: [string, (text: string, name: string) => readonly unknown[], string][] = [
  [
    'parseAnnotations',
    parseAnnotations,
    `${place},diameter_mm\n1.3.6,-128.5,1e2,.5,5.65\r\n"1.3.7",1,2,3,-1\n`,
  ],
  ['parseCandidates', parseCandidates, `${place},class\n1.3.6,68.5,-74.5,-288.75,1\n1.3.7,1,2,3,0`],
  [
    'parsePredictions',
    parsePredictions,
    `\ufeff${place},probability\n1.3.6,1,2,3,0.25\n\n1.3.7,4,5,6,1e-9\n`,
  ],
  ['parseSeriesUids', parseSeriesUids, 'seriesuid\n1.3.6\r\n"1.3.7"\n\n1.3.8'],
];

describe.each(parsers)('%s of hostile text', (_, parse, valid) => {
  const decoder = new TextDecoder();
  const hostileText = fc.oneof(
    {
      arbitrary: mutated([new TextEncoder().encode(valid)]).map((bytes) => decoder.decode(bytes)),
      weight: 3,
    },
    fc
      .array(
        fc.constantFrom(
          ...['"', ',', '\n', '\r', '""', '1', '-', 'e', 'NaN', '1.3.6', ' ', '\0', '\ufeff', valid],
        ),
        {
          maxLength: 40,
        },
      )
      .map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 60 }),
  );

  it('gives rows of finite numbers, or a SyntaxError', () => {
    let rows = 0;
    fc.assert(
      fc.property(hostileText, (text) => {
        try {
          const parsed = parse(text, 'a.csv');
          expect(parsed.length).toBeLessThanOrEqual(text.split('\n').length);
          for (const value of parsed.flatMap(numbersOf)) expect(value).toSatisfy(Number.isFinite);
          rows += parsed.length;
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
          expect((error as Error).message).toMatch(/^Cannot read a\.csv: /);
          // What the file holds is quoted, not repeated.
          expect((error as Error).message.length).toBeLessThan(2000);
        }
      }),
      { seed, numRuns: 2000 },
    );
    expect(rows).toBeGreaterThan(100);
  });

  it.each([
    ['quotes', '"'],
    ['commas', ','],
    ['line ends', '\n'],
    ['quoted commas', '","'],
    ['rows without an end', '1.3.6,1,2,3,'],
    ['carriage returns', '\r'],
  ])('ends soon for 256 KiB of %s', (_name, part) => {
    const text = part.repeat((1 << 18) / part.length);
    for (const hostile of [text, valid + text, `${valid}"${text}`]) {
      try {
        parse(hostile, 'a.csv');
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError);
        expect((error as Error).message.length).toBeLessThan(2000);
      }
    }
  });
});

function numbersOf(row: unknown): number[] {
  return Object.values(row as object)
    .flat()
    .filter((value) => typeof value === 'number');
}
