import { normalQuantiles } from '../src/crop/normal-quantiles.ts';
import type { RandomGenerator } from '../src/generator.ts';
import { clipHounsfield } from '../src/index.ts';

const quantiles = normalQuantiles();

/** What assembly/add-noise.ts does, in plain JavaScript and with the generator of pure-rand. */
export function addNoise(values: Float32Array, sigma: number, generator: RandomGenerator): void {
  for (let i = 0; i < values.length; i += 2) {
    const random = generator.next();
    const [first, second] = [random >>> 20, (random >>> 8) & 0xfff];
    values[i] = clipHounsfield(values[i]! + sigma * quantiles[first]!);
    values[i + 1] = clipHounsfield(values[i + 1]! + sigma * quantiles[second]!);
  }
}
