import { expect, it } from 'vitest';
import * as evaluate from '../src/index.ts';

it('exports exactly this', () => {
  expect(Object.keys(evaluate).sort()).toEqual([
    'addScanCounts',
    'applyThreshold',
    'bestThreshold',
    'bootstrapFroc',
    'cpm',
    'defaultLungMarginMm',
    'findCandidates',
    'findComponents',
    'froc',
    'groupByScan',
    'labelComponents',
    'lungHistograms',
    'matchCandidates',
    'minimumNoduleDiameterMm',
    'officialRates',
    'predictScan',
    'predictSlices',
    'recallFirstScore',
    'scanScores',
    'scoreScan',
    'sensitivityAt',
  ]);
});
