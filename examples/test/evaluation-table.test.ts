import { type ScanMeasurement, summarise } from '@lunet/evaluate';
import { expect, it } from 'vitest';
import { scoreChallenge } from '../evaluate/evaluation-scores.ts';
import { challengeTable, summaryTable } from '../evaluate/evaluation-table.ts';

const place = { centerWorld: [0, 0, 0], diameterMm: 6 } as const;
const counts = { truePositives: 8, falsePositives: 2, falseNegatives: 2, trueNegatives: 88 };
const scan = (seriesUid: string, probability: number | null): ScanMeasurement => ({
  seriesUid,
  threshold: 0.5,
  allSlices: counts,
  noduleSlices: counts,
  nodules: [
    {
      ...place,
      found: probability !== null,
      probability,
      dice: 0.75,
      truthMm3: 4,
      predictedMm3: 5,
      volumeError: 0.25,
    },
  ],
  excluded: [],
  candidates: [],
  histogram: { nodule: [], other: [] },
});
const rows = (table: string) =>
  table
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/ {2,}/));

it('has a dash for the interval of one scan', () => {
  const one = rows(summaryTable('Found', [['model', summarise([scan('a', 0.9)], { seed: 1 })]]));
  expect(one).toContainEqual(['nodules found', '1/1', '-']);
  expect(one).toContainEqual(['voxel Dice, all slices', '0.800', '-']);
  expect(one).toContainEqual(['> 10 mm', '0/0', '-']);
  const two = rows(
    summaryTable('Found', [['model', summarise([scan('a', 0.9), scan('b', null)], { seed: 1 })]]),
  );
  expect(two).toContainEqual(['nodules found', '1/2', '0.000 to 1.000']);
});

it('has dashes for the band of one scan, and null in JSON', () => {
  const marks = [{ centerWorld: place.centerWorld, probability: 0.9 }];
  const { scores } = scoreChallenge([{ seriesUid: 'a', nodules: [place], marks }], 1);
  const dashes = Array.from({ length: 8 }, () => '-');
  const table = rows(challengeTable('LUNA16', [['model', scores]]));
  expect(table.slice(2)).toEqual([
    ['model', ...dashes.map(() => '1.000')],
    ['95 % from', ...dashes],
    ['to', ...dashes],
  ]);
  expect(JSON.parse(JSON.stringify(scores)).band.cpm).toEqual({ value: 1, lower: null, upper: null });
});
