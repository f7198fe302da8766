import { parseAnnotations, parsePredictions, parseSeriesUids } from '@lunet/io';
import { expect, it } from 'vitest';
import { cpm, froc } from '../src/froc/froc.ts';
import { groupByScan } from '../src/froc/group-by-scan.ts';

const nodules = parseAnnotations('seriesuid,coordX,coordY,coordZ,diameter_mm\na,0,0,0,6\nz,0,0,0,6\n');
const excluded = parseAnnotations('seriesuid,coordX,coordY,coordZ,diameter_mm\nb,0,0,0,-1\ny,0,0,0,-1\n');
const marks = parsePredictions(
  'seriesuid,coordX,coordY,coordZ,probability\na,1,0,0,0.9\nb,1,0,0,0.8\nx,0,0,0,1\ny,0,0,0,1\nA,0,0,0,1\n',
);

it('deals rows to the scans of the list and counts those of others', () => {
  const { scans, skipped } = groupByScan(parseSeriesUids('b\na\nc\n'), { nodules, excluded, marks });
  expect(scans.map(({ seriesUid }) => seriesUid)).toEqual(['b', 'a', 'c']);
  expect(scans.map((scan) => [scan.nodules.length, scan.excluded?.length, scan.marks.length])).toEqual([
    [0, 1, 1],
    [1, 0, 1],
    [0, 0, 0],
  ]);
  expect(skipped).toEqual({ nodules: 1, excluded: 1, marks: 3 });
  const score = froc(scans);
  expect(score).toMatchObject({ scans: 3, truePositives: 1, falsePositives: 0, ignoredOnExcluded: 1 });
  expect(cpm(score)).toBe(1);
});

it('refuses a list that holds a scan twice', () => {
  expect(() => groupByScan(['a', 'b', 'a'], { nodules, marks })).toThrow(/Cannot score scan a twice/);
});
