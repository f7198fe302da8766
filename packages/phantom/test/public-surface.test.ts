import { expect, test } from 'vitest';
import * as root from '../src/index.ts';
import * as node from '../src/node.ts';

test('the root and node entries export what the README names, and no more', () => {
  expect(Object.keys(root).sort()).toEqual(['generateScan']);
  expect(Object.keys(node).sort()).toEqual(['writePhantomDataset']);
});
