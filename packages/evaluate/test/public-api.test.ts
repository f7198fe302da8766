import { expect, it } from 'vitest';
import * as evaluate from '../src/index.ts';

it('exports exactly this', () => {
  expect(Object.keys(evaluate).sort()).toEqual([
    'addScanCounts',
    'applyThreshold',
    'bestThreshold',
    'bootstrapFroc',
    'candidateMask',
    'cpm',
    'defaultLungMarginMm',
    'findCandidates',
    'findComponents',
    'froc',
    'groupByScan',
    'lungHistograms',
    'matchCandidates',
    'measureScan',
    'minimumNoduleDiameterMm',
    'officialRates',
    'pickThreshold',
    'predictScan',
    'predictSlices',
    'recallFirstScore',
    'scanCounts',
    'scanScores',
    'sensitivityAt',
    'sizeGroups',
    'summarise',
    'sweepThresholds',
    'thresholdSweep',
    'voxelScores',
  ]);
});
