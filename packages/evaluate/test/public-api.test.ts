import { expect, it } from 'vitest';
import * as evaluate from '../src/index.ts';

it('exports exactly this', () => {
  expect(Object.keys(evaluate).sort()).toEqual([
    'addScanCounts',
    'applyThreshold',
    'bestThreshold',
    'findCandidates',
    'findComponents',
    'labelComponents',
    'lungHistograms',
    'matchCandidates',
    'minimumNoduleDiameterMm',
    'predictScan',
    'predictSlices',
    'recallFirstScore',
    'scanScores',
    'scoreScan',
  ]);
});
