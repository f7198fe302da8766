import { expect, it } from 'vitest';
import * as report from '../src/index.ts';

it('exports these, and no others', () => {
  expect(Object.keys(report).sort()).toEqual(['cutOut', 'renderReport', 'reportScan']);
});
