import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAnnotations, formatCandidates, parseAnnotations, parseCandidates } from '../src/index.ts';
import { hasSharedData, sharedData, unlessShared } from './shared-data.ts';

const header = 'seriesuid,coordX,coordY,coordZ,diameter_mm';

describe('parseAnnotations', () => {
  it('reads a row, as in the documentation', () => {
    expect(parseAnnotations(`${header}\n1.3.6,-128.5,-175.25,-298.375,5.65\n`)).toEqual([
      { seriesUid: '1.3.6', centerWorld: [-128.5, -175.25, -298.375], diameterMm: 5.65 },
    ]);
  });

  it('reads CRLF, a byte order mark, blank lines and no last line end alike', () => {
    const plain = parseAnnotations(`${header}\n1.3.6,1,2,3,4\n1.3.7,5,6,7,-1\n`);
    expect(plain).toHaveLength(2);
    expect(parseAnnotations(`\ufeff${header}\r\n1.3.6,1,2,3,4\r\n\r\n1.3.7,5,6,7,-1`)).toEqual(plain);
  });

  it('finds columns by name among others, with quoted fields that hold commas and line ends', () => {
    const csv = `note,diameter_mm,coordZ,coordY,coordX,seriesuid\n"[4, 2]\nsee ""b""",9.5,3,2,1,1.3.6\n`;
    expect(parseAnnotations(csv)).toEqual([{ seriesUid: '1.3.6', centerWorld: [1, 2, 3], diameterMm: 9.5 }]);
  });

  it.each([
    ['', /no column seriesuid/],
    ['1.3.6,1,2,3,4\n', /no column seriesuid, the first row is "1.3.6,1,2,3,4"/],
    [`${header}\n1.3.6,1,2,3\n`, /a\.csv: row 2 has 4 fields, the first has 5/],
    [`${header}\n1.3.6,1,2,3,4\n1.3.6,1,x,3,4\n`, /a\.csv: row 3: coordY is "x", expected a number/],
    [`${header}\n1.3.6,1,,3,4\n`, /coordY is "", expected a number/],
    [`${header}\n1.3.6,1,Infinity,3,4\n`, /coordY is "Infinity"/],
    [`${header}\n1.3.6,1,2,3,0\n`, /diameter_mm is "0", expected over 0, or -1 for unknown/],
    [`${header}\n"1.3.6,1,2,3,4\n`, /a\.csv: row 2: Quoted field unterminated/],
  ])('refuses %j', (csv, message) => {
    expect(() => parseAnnotations(csv, 'a.csv')).toThrow(SyntaxError);
    expect(() => parseAnnotations(csv, 'a.csv')).toThrow(message);
  });

  it('reads back what formatAnnotations writes, digit for digit', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0);
    const nodule = fc.record({
      seriesUid: fc.stringMatching(/^[0-9]+(\.[0-9]+){1,9}$/),
      centerWorld: fc.tuple(number, number, number),
      diameterMm: fc.oneof(fc.constant(-1), fc.double({ min: 1e-9, max: 99, noNaN: true })),
    });
    fc.assert(
      fc.property(fc.array(nodule), (nodules) => {
        expect(parseAnnotations(formatAnnotations(nodules))).toEqual(nodules);
      }),
      { numRuns: 50 },
    );
  });
});

describe('formatAnnotations', () => {
  it('writes LUNA16 columns, as in the documentation', () => {
    const nodule = { seriesUid: '1.3.6', centerWorld: [1, 2, -3.5], diameterMm: 6.43 } as const;
    expect(formatAnnotations([nodule])).toBe(`${header}\n1.3.6,1,2,-3.5,6.43\n`);
  });
});

describe('parseCandidates and formatCandidates', () => {
  const csv = 'seriesuid,coordX,coordY,coordZ,class\n1.3.6,68.5,-74.5,-288.75,1\n1.3.6,1,2,-3.5,0\n';

  it('read and write classes', () => {
    const rows = parseCandidates(csv);
    expect(rows.map((row) => row.isNodule)).toEqual([true, false]);
    expect(formatCandidates(rows)).toBe(csv);
  });

  it('refuse another class', () => {
    expect(() => parseCandidates(csv.replace(',1\n', ',2\n'))).toThrow(
      /candidates_V2.csv: row 2: class is "2", expected 0 or 1/,
    );
  });
});

describe.skipIf(!hasSharedData)(`LUNA16's own CSV files${unlessShared}`, () => {
  const read = (name: string) => readFile(path.join(sharedData, 'luna16-csv', name), 'utf8');

  it('hold 1,186 nodules in 601 scans, 3.25 to 32.27 mm', async () => {
    const nodules = parseAnnotations(await read('annotations.csv'));
    expect(nodules).toHaveLength(1186);
    expect(new Set(nodules.map((nodule) => nodule.seriesUid)).size).toBe(601);
    const diameters = nodules.map((nodule) => nodule.diameterMm).sort((a, b) => a - b);
    expect(diameters[0]).toBeCloseTo(3.25, 2);
    expect(diameters.at(-1)).toBeCloseTo(32.27, 2);
  });

  it('read alike with CRLF', async () => {
    const lf = parseAnnotations(await read('annotations.csv'));
    expect(parseAnnotations(await read('annotations_crlf.csv'))).toEqual(lf);
  });

  it('hold 35,192 excluded findings, 30,513 of unknown diameter', async () => {
    const findings = parseAnnotations(await read('annotations_excluded.csv'));
    expect(findings).toHaveLength(35192);
    expect(findings.filter((finding) => finding.diameterMm === -1)).toHaveLength(30513);
  });

  it('read with the malignancy table of 1,182 nodules, whose quoted lists hold commas', async () => {
    expect(parseAnnotations(await read('annotations_with_malignancy.csv'))).toHaveLength(1182);
  });
});
