import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parseAnnotations, parseSeriesUids } from '@lunet/io';
import { type FrocRanking, rankEntries } from '../src/froc/froc-curve.ts';

const data = new URL('../../../../shared/data/', import.meta.url);

export const hasPublishedSystems: boolean = existsSync(new URL('luna16-froc/deeplung/', data));

/** What the official script wrote for one system, and the vectors that it wrote it from. */
export interface PublishedSystem {
  readonly ranking: FrocRanking;
  /** Rows of false positives per scan, sensitivity, threshold. */
  readonly curve: readonly number[][];
  /** Rows of false positives per scan, mean, lower bound, upper bound. */
  readonly band: readonly number[][];
  /** The scan of each nodule without a mark: as the script lists them, and as the vectors are read here. */
  readonly listedMisses: readonly string[];
  readonly misses: readonly string[];
  /** The descending runs of false positives that were found; each scan has one at most. */
  readonly runs: number;
}

/** The probability that the official script gives to a missed nodule. */
const MISSED = -1e9;

/**
 * Reads a system and recovers the scan of every entry, which the vectors do not hold.
 *
 * The script wrote them scan by scan in the order of seriesuids.csv: first the scan's nodules in the order of
 * annotations.csv, missed ones included, then its false positives, and these descend since the systems' files were
 * sorted. So nodules tell exactly where their scans begin; of nodule-free scans in between, each ascent starts the
 * next. Where a scan has no false positive, or one ends no lower than the next begins, runs are fewer than scans, and
 * some false positives go to a neighbour.
 */
export async function readPublishedSystem(name: string): Promise<PublishedSystem> {
  const read = (path: string): Promise<string> => readFile(new URL(path, data), 'utf8');
  const numbers = async (path: string): Promise<number[][]> =>
    (await read(`luna16-froc/deeplung/${path}`))
      .split('\n')
      .filter((line) => /^[0-9]/.test(line))
      .map((line) => line.split(',').map(Number));

  const seriesUids = parseSeriesUids(await read('luna16-csv/seriesuids.csv'));
  const nodulesOf = new Map<string, number>();
  for (const { seriesUid } of parseAnnotations(await read('luna16-csv/annotations.csv'))) {
    nodulesOf.set(seriesUid, (nodulesOf.get(seriesUid) ?? 0) + 1);
  }
  const nodulesPerScan = Uint32Array.from(seriesUids, (seriesUid) => nodulesOf.get(seriesUid) ?? 0);

  const vector = await numbers(`froc_gt_prob_vectors_${name}.csv`);
  const entries: { probability: number; isNodule: number; scan: number }[] = [];
  const misses: string[] = [];
  let runs = 0;
  let row = 0;
  for (let scan = 0; scan < seriesUids.length; ) {
    for (let nodule = 0; nodule < nodulesPerScan[scan]!; nodule++, row++) {
      const [isNodule, probability] = vector[row]!;
      if (isNodule !== 1)
        throw new Error(`Row ${row + 1} of ${name} should be a nodule of ${seriesUids[scan]}`);
      if (probability === MISSED) misses.push(seriesUids[scan]!);
      else entries.push({ probability: probability!, isNodule, scan });
    }
    let next = scan + 1;
    while (next < seriesUids.length && nodulesPerScan[next] === 0) next++;
    let before = -Infinity;
    let owner = scan - 1;
    for (; row < vector.length && vector[row]![0] === 0; row++) {
      const probability = vector[row]![1]!;
      if (probability > before || owner < scan) {
        owner++;
        runs++;
      }
      if (owner === next) throw new Error(`Rows up to ${row + 1} of ${name} have more runs than scans`);
      entries.push({ probability, isNodule: 0, scan: owner });
      before = probability;
    }
    scan = next;
  }
  if (row !== vector.length) throw new Error(`${vector.length - row} rows of ${name} are left over`);

  const column = <K extends 'probability' | 'isNodule' | 'scan'>(key: K) =>
    entries.map((entry) => entry[key]);
  return {
    ranking: rankEntries(column('probability'), column('isNodule'), column('scan'), nodulesPerScan),
    curve: await numbers(`froc_${name}.txt`),
    band: await numbers(`froc_${name}_bootstrapping.csv`),
    listedMisses: (await read(`luna16-froc/deeplung/nodulesWithoutCandidate_${name}.txt`))
      .split('\n')
      .filter((line) => line.startsWith('1.3.6'))
      .map((line) => line.split(',')[0]!),
    misses,
    runs,
  };
}
