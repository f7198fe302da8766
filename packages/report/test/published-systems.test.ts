import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { officialRates } from '../src/froc-chart.ts';
import { interpolate } from '../src/interpolate.ts';
import { publishedSystems } from '../src/published-systems.ts';

const folder = join(import.meta.dirname, '../../../../shared/data/luna16-froc/deeplung');
const unlessData = existsSync(folder) ? '' : ` (skipped: no ${folder})`;

/** The authors' own FROC points, and the means over the seven rates that they give. */
const sources = [
  ['froc_3DRes18FasterR-CNN.txt', 0.834136],
  ['froc_All-predanno-1.txt', 0.850036],
  ['froc_All-predanno-1.5.txt', 0.853168],
] as const;

describe.skipIf(unlessData !== '')(`the published systems${unlessData}`, () => {
  it.each(sources.map((source, i) => [...source, i] as const))('are as in %s', (file, mean, i) => {
    const points = readFileSync(join(folder, file), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(',').map(Number));
    const [falsePositives, sensitivity] = [0, 1].map((column) => points.map((point) => point[column]!));
    const read = officialRates.map((rate) => interpolate(falsePositives!, sensitivity!, rate));
    const { sensitivityAt } = publishedSystems[i]!;
    for (const [at, value] of read.entries()) expect(sensitivityAt[at]).toBeCloseTo(value, 6);
    expect(sensitivityAt.reduce((sum, value) => sum + value, 0) / 7).toBeCloseTo(mean, 5);
  });
});
