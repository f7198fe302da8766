import { type ResumedRun, RunFolder, readRunConfig } from '@lunet/train';
import type { ProgressLine } from '../terminal/progress-line.ts';
import { defaultTrainOptions, type TrainLuna16Options } from './train-luna16-options.ts';

/** The part of a run's config.json that a resumed run is held against. */
export interface RunConfig {
  readonly options: TrainLuna16Options;
  readonly engine: { readonly name: string };
  readonly versions: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, unknown>>;
  readonly [name: string]: unknown;
}

/**
 * The options that a run was begun with, and what was changed of them.
 *
 * @throws {Error} if there is no run, or it has other options than this version knows.
 */
export async function resumedOptions(
  run: string,
  changed: Partial<TrainLuna16Options>,
): Promise<TrainLuna16Options> {
  const { options, engine } = (await readRunConfig(run)) as Partial<RunConfig>;
  for (const [name, value] of Object.entries(defaultTrainOptions())) {
    // JSON leaves out what is undefined.
    if (value !== undefined && !(name in (options ?? {}))) {
      throw new Error(
        `Cannot resume ${run}: its config.json has no option '${name}'; another version wrote it`,
      );
    }
  }
  // Another engine would give other weights.
  const name = (engine?.name ?? options!.engine) as TrainLuna16Options['engine'];
  return { ...options!, ...changed, engine: name, out: run, json: changed.json ?? false };
}

/**
 * Opens a run to go on with, and says from where.
 *
 * @throws {Error} if the scans or the engine are not those it was begun with, or no checkpoint can be read.
 */
export async function resumeRun(path: string, now: RunConfig, line: ProgressLine): Promise<ResumedRun> {
  const then = (await readRunConfig(path)) as RunConfig;
  const differs = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);
  const others = Object.keys(then.data).filter((name) => differs(then.data[name], now.data[name]));
  if (others.length > 0) {
    throw new Error(
      `Cannot resume ${path}: ${now.options.data} has other data than it was begun with (${others.join(', ')}). ` +
        'Give the same with --data, or begin a new run',
    );
  }
  if (then.engine.name !== now.engine.name) {
    throw new Error(
      `Cannot resume ${path}: it was begun with the engine '${then.engine.name}', here '${now.engine.name}' starts`,
    );
  }
  for (const [name, version] of Object.entries(now.versions)) {
    const before = then.versions[name];
    if (before !== version) {
      line.print(`note        begun with ${name} ${before}, going on with ${version}: weights may differ`);
    }
  }
  const resumed = await RunFolder.resume(path);
  for (const problem of resumed.problems) line.print(`note        ${problem}; the checkpoint before is used`);
  const { state } = resumed;
  line.print(
    state
      ? `resumed     ${path} after step ${state.step}`
      : `resumed     ${path} from the start: it ended before its first checkpoint`,
  );
  return resumed;
}
