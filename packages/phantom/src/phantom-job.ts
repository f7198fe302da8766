import { createRandom } from './random.ts';
import { generatorRevision, type ScanOptions } from './scan.ts';

/** What a data set consists of; the same settings give the same files, whatever the number of threads. */
export interface DatasetSettings {
  readonly scans: number;
  readonly seed: number;
  /** Slices of each scan. Default 64. */
  readonly slices?: number;
  /** Rows and columns of each slice. Default 512. */
  readonly size?: number;
  /** In-plane spacing in mm; by default the chest fills the slice. */
  readonly spacing?: number;
  /** Distance of slices in mm; by default each scan draws one of 0.625 to 2.5. */
  readonly sliceSpacing?: number;
  /** Mean count of nodules in a scan; 0 to 6 are drawn. Default 2.5. */
  readonly meanNodules?: number;
}

/** One scan to make. */
export interface PhantomJob {
  readonly index: number;
  /** The N of its `subsetN`: LUNA16's ten folds in turn. */
  readonly fold: number;
  readonly options: ScanOptions;
  /** All that decides the scan's voxels, as text: a scan with the same key need not be made again. */
  readonly key: string;
}

/** Plans a data set: scan i depends on the seed and on i alone, so that a larger set contains a smaller one. */
export function planPhantoms({
  scans,
  seed,
  slices = 64,
  size = 512,
  ...rest
}: DatasetSettings): PhantomJob[] {
  if (!Number.isInteger(scans) || scans < 1 || scans > 100_000) {
    throw new RangeError(`Cannot plan phantoms: ${scans} scans is not an integer from 1 to 100000`);
  }
  return Array.from({ length: scans }, (_, index) => {
    const { spacing, sliceSpacing, meanNodules } = rest;
    const options: ScanOptions = {
      seed: createRandom(seed, `scan ${index}`).int(2 ** 31),
      size: [size, size, slices],
      ...(spacing === undefined ? {} : { spacing }),
      ...(sliceSpacing === undefined ? {} : { sliceSpacing }),
      ...(meanNodules === undefined ? {} : { meanNodules }),
    };
    return { index, fold: index % 10, options, key: JSON.stringify({ generatorRevision, ...options }) };
  });
}
