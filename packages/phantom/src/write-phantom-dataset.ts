import { mkdir } from 'node:fs/promises';
import { isOnDisk, removeLeftovers, removeScan } from './phantom-files.ts';
import { type DatasetSettings, type PhantomJob, planPhantoms } from './phantom-job.ts';
import { type PhantomRecord, readRecords, writeRecords } from './phantom-record.ts';
import { localWriter, type ScanWriter, threadWriter } from './scan-writer.ts';

/** A step of {@link writePhantomDataset}. */
export interface PhantomProgress {
  readonly done: number;
  readonly total: number;
  /** The scan that is there now. */
  readonly record: PhantomRecord;
  /** False for a scan that was there before. */
  readonly isNew: boolean;
}

/** Options of {@link writePhantomDataset}. */
export interface PhantomDatasetOptions extends DatasetSettings {
  /** Threads that make scans; 0, the default, makes them in the calling thread. */
  readonly numWorkers?: number;
  readonly onProgress?: (progress: PhantomProgress) => void;
  /** Ends the run after the scans in the making; what is written stays. */
  readonly signal?: AbortSignal;
}

/** What {@link writePhantomDataset} leaves on disk. */
export interface PhantomDataset {
  readonly root: string;
  /** In order of their index. */
  readonly scans: readonly PhantomRecord[];
  /** How many of them this run made. */
  readonly made: number;
}

/**
 * Writes a data set of phantoms in LUNA16's layout: `subset0` … `subset9`, `annotations.csv`,
 * `annotations_excluded.csv`, `candidates_V2.csv`, `seg-lungs-LUNA16`, and a `phantom.json` that says how each scan was
 * made.
 *
 * Afterwards the folder holds exactly the scans that were asked for: those that are there with the same settings stay,
 * other phantoms go. A run that is cut short leaves whole scans, and the next one goes on from them.
 *
 * @throws {Error} if the folder holds something other than phantoms.
 * @throws {RangeError} if a setting is out of range.
 * @example
 * ```ts
 * await writePhantomDataset('data/phantom', { scans: 10, seed: 1, slices: 64 });
 * const { scans } = await openLuna16('data/phantom');
 * ```
 */
export async function writePhantomDataset(
  root: string,
  { numWorkers = 0, onProgress, signal, ...settings }: PhantomDatasetOptions,
): Promise<PhantomDataset> {
  const jobs = planPhantoms(settings);
  if (!Number.isInteger(numWorkers) || numWorkers < 0) {
    throw new RangeError(`Cannot write phantoms: numWorkers ${numWorkers} is not 0 or more`);
  }
  const records = await keepWanted(root, jobs);
  const total = jobs.length;
  let done = 0;
  for (const record of records.values()) onProgress?.({ done: ++done, total, record, isNew: false });
  await mkdir(root, { recursive: true });
  await writeRecords(root, records.values());

  const missing = jobs.filter(({ index }) => !records.has(index));
  const threads = Math.min(numWorkers, missing.length);
  const writers =
    threads > 0 ? Array.from({ length: threads }, () => threadWriter(root)) : [localWriter(root)];
  let saved = performance.now();
  let saving = Promise.resolve();
  const run = async (writer: ScanWriter): Promise<void> => {
    for (let job = missing.shift(); job; job = missing.shift()) {
      signal?.throwIfAborted();
      const record = await writer.write(job);
      records.set(record.index, record);
      onProgress?.({ done: ++done, total, record, isNew: true });
      if (performance.now() - saved < 5000) continue;
      saved = performance.now();
      saving = saving.then(() => writeRecords(root, records.values()));
      await saving;
    }
  };
  const made = missing.length;
  try {
    await everyOne(writers.map(run));
  } finally {
    await Promise.all(writers.map((writer) => writer.close()));
    await saving.catch(() => {});
    await writeRecords(root, records.values());
  }
  return { root, scans: [...records.values()].sort((a, b) => a.index - b.index), made };
}

/** Waits for all, so that nothing is being written any more, then throws the first failure. */
async function everyOne(runs: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(runs)).find(({ status }) => status === 'rejected');
  if (failed) throw (failed as PromiseRejectedResult).reason;
}

/** Removes the phantoms that are not asked for, and what a killed run left; returns those that can stay. */
async function keepWanted(root: string, jobs: readonly PhantomJob[]): Promise<Map<number, PhantomRecord>> {
  const found = await readRecords(root);
  await removeLeftovers(root);
  const kept = new Map<number, PhantomRecord>();
  for (const record of found) {
    const { index, fold, seriesUid, key } = record;
    if (jobs[index]?.key === key && (await isOnDisk(root, fold, seriesUid))) kept.set(index, record);
    else await removeScan(root, fold, seriesUid);
  }
  return kept;
}
