import { expect, it } from 'vitest';
import * as api from '../src/index.ts';

it('exports exactly this', () => {
  expect(Object.keys(api).sort()).toEqual([
    'EventFile',
    'RunFolder',
    'constantRate',
    'cosineRate',
    'drawOverlay',
    'encodePng',
    'fingerprintScans',
    'mineFalsePositives',
    'readRunConfig',
    'train',
    'validateScans',
  ]);
});
