import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Luna16Scan, openLuna16 } from '@lunet/io/node';
import type { ChunkSet } from '@lunet/patches';
import { type ChunkStore, collectChunks, openStore, type StoredScan } from '@lunet/patches/node';
import { describeProblems, describeScans, splitScans } from '../scans/luna16-scans.ts';
import type { ProgressLine } from '../terminal/progress-line.ts';
import type { TrainLuna16Options } from './train-luna16-options.ts';

/** A scan of a LUNA16 folder or of a store. */
type AnyScan = Pick<Luna16Scan, 'seriesUid' | 'fold' | 'geometry' | 'nodules'>;

/** What a run trains and validates on, from a LUNA16 folder or from a chunk store. */
export interface TrainingData {
  /** The scans that are trained on, in order. */
  readonly training: readonly AnyScan[];
  /** The scans that are kept apart, validated or not. */
  readonly heldOut: readonly AnyScan[];
  /** The same with their files, to look for hard negatives; undefined if those are not there. */
  readonly trainingScans: readonly Luna16Scan[] | undefined;
  /** The held-out scans with their files; empty if nothing is validated. */
  readonly validation: readonly Luna16Scan[];
  /** What the chunks of a store were chosen with; undefined for a folder, where the options say so. */
  readonly storeSettings: ChunkStore['settings'] | undefined;
  /** The chunks of the training scans. */
  chunks(): Promise<ChunkSet>;
  close(): Promise<void>;
}

type DataOptions = Pick<
  TrainLuna16Options,
  'data' | 'scans' | 'validation' | 'fold' | 'seed' | 'negatives' | 'negativesPerScan'
>;

interface Console {
  readonly line: ProgressLine;
  readonly signal: AbortSignal;
}

/**
 * Opens what `--data` names and says what is in it.
 *
 * @throws {Error} if there is nothing to train on, or the held-out scans of a store are not there.
 */
export async function openTrainingData(options: DataOptions, console: Console): Promise<TrainingData> {
  // One that was not prepared to the end has parts alone; opening it says so.
  const isStore = ['store.json', 'parts'].some((name) => existsSync(join(options.data, name)));
  if (isStore) return openStoreData(options, console);
  if (options.scans !== undefined) {
    throw new Error(
      `Cannot use --scans ${options.scans}: ${options.data} is no store, it has the scans itself`,
    );
  }
  return openFolderData(options, console);
}

async function openFolderData(options: DataOptions, { line, signal }: Console): Promise<TrainingData> {
  const luna16 = await openLuna16(options.data, { signal });
  for (const problem of describeProblems(luna16)) line.print(`note        ${problem}`);
  const { training, validation } = splitScans(luna16.scans, options.fold, options.validation);
  describeSplit(training, validation, options, line);
  const chunks = () =>
    collectChunks(training, {
      seed: options.seed,
      ...(options.negativesPerScan !== undefined && { negativesPerScan: options.negativesPerScan }),
      ...(options.negatives === 0 && { negativesPerScan: 0 }),
      signal,
      onProgress: ({ scansDone, scans }) => line.show(`reading     scan ${scansDone}/${scans}`),
    });
  return {
    training,
    heldOut: validation,
    trainingScans: training,
    validation: options.validation ? validation : [],
    storeSettings: undefined,
    chunks,
    close: async () => {},
  };
}

async function openStoreData(options: DataOptions, console: Console): Promise<TrainingData> {
  const { line } = console;
  if (options.negativesPerScan !== undefined) {
    throw new Error(
      'Cannot use --negatives-per-scan with a store: they were chosen when it was prepared; prepare another one',
    );
  }
  const store = await openStore(options.data);
  const { seed, negativesPerScan } = store.settings;
  line.print(
    `store       ${store.chunks.length} chunks, prepared with seed ${seed} and ${negativesPerScan} negatives a scan`,
  );
  const failed = store.scans.filter(({ failure }) => failure !== undefined).length;
  if (failed > 0) line.print(`note        ${failed} scans could not be read when the store was prepared`);
  const split = splitScans(store.scans, options.fold, options.validation);
  describeSplit(split.training, split.validation, options, line);
  const scans = await findScans(store, options, console);
  const wanted = new Set(split.training.map(({ seriesUid }) => seriesUid));
  const set = {
    size: store.size,
    chunks: store.chunks.filter(
      ({ seriesUid, kind }) => wanted.has(seriesUid) && (kind === 'nodule' || options.negatives > 0),
    ),
  };
  return {
    training: split.training,
    heldOut: split.validation,
    trainingScans: scans && pick(scans, split.training),
    validation: scans && options.validation ? allOf(scans, split.validation, options) : [],
    storeSettings: store.settings,
    chunks: async () => set,
    close: () => store.close(),
  };
}

/** The scans that a store was prepared from; undefined if they are not there and need not be. */
async function findScans(
  store: ChunkStore,
  { scans, validation }: DataOptions,
  { line, signal }: Console,
): Promise<readonly Luna16Scan[] | undefined> {
  const folder = scans ?? store.source;
  if (folder !== undefined && (scans !== undefined || existsSync(folder))) {
    return (await openLuna16(folder, { signal })).scans;
  }
  const where =
    folder === undefined ? 'the store does not say where its scans are' : `${folder} is not there`;
  if (validation) {
    throw new Error(
      `Cannot validate: ${where}. Give --scans with the LUNA16 folder, or --no-validation to train without it`,
    );
  }
  line.print(`note        ${where}: no hard negatives are looked for`);
  return undefined;
}

function pick(scans: readonly Luna16Scan[], wanted: readonly StoredScan[]): readonly Luna16Scan[] {
  const uids = new Set(wanted.map(({ seriesUid }) => seriesUid));
  return scans.filter(({ seriesUid }) => uids.has(seriesUid));
}

function allOf(
  scans: readonly Luna16Scan[],
  wanted: readonly StoredScan[],
  { scans: folder }: DataOptions,
): readonly Luna16Scan[] {
  const found = pick(scans, wanted);
  if (found.length === wanted.length) return found;
  throw new Error(
    `Cannot validate: ${wanted.length - found.length} of ${wanted.length} held-out scans are not in ` +
      `${folder ?? 'the folder that the store was prepared from'}. Give --scans with the LUNA16 folder that has them`,
  );
}

function describeSplit(
  training: readonly AnyScan[],
  heldOut: readonly AnyScan[],
  { fold, validation: validates }: DataOptions,
  line: ProgressLine,
): void {
  const apart = fold === 'none' ? 'none held out' : `${describeScans(heldOut)} held out`;
  const note = validates ? '' : ', none validated';
  line.print(`scans       ${describeScans(training)} to train on, ${apart}${note}`);
}
