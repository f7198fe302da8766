import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '@lunet/engine';
import { replaceFile } from '@lunet/io/node';
import { type ResumedRun, RunFolder, readRunConfig } from '@lunet/train';
import type { ProgressLine } from '../terminal/progress-line.ts';
import { defaultTrainOptions, type TrainLuna16Options } from './train-luna16-options.ts';

type RunEngine = Pick<Engine, 'name' | 'version' | 'device'>;

/** The part of a run's config.json that a resumed run is held against. */
export interface RunConfig {
  readonly options: TrainLuna16Options;
  /** What runs, or ran last. */
  readonly engine: RunEngine;
  /** What ran before a resumed run was given another engine. */
  readonly earlierEngines?: readonly (RunEngine & { readonly untilStep: number })[];
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
  // Another engine gives other weights, so it is to be asked for.
  const name = changed.engine ?? engine?.name ?? options!.engine;
  return { ...options!, ...changed, engine: name, out: run, json: changed.json ?? false };
}

/** Adds to an engine's refusal how a run that was begun with it can go on without it. */
export function orGoOnWithout(run: string): (error: Error) => never {
  return (error) => {
    throw new Error(
      `${error.message}\nThe run was begun with it: --resume ${run} --engine auto goes on with another, to other weights`,
      { cause: error },
    );
  };
}

/**
 * Opens a run to go on with, and says from where, and what may give other weights. Its config.json names the engine anew
 * if that is another one.
 *
 * @throws {Error} if the scans are not those it was begun with, or no checkpoint can be read.
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
  for (const [name, version] of Object.entries(now.versions)) {
    const before = then.versions[name];
    if (before !== version) {
      line.print(`note        begun with ${name} ${before}, going on with ${version}: weights may differ`);
    }
  }
  const [before, engine] = [then.engine, now.engine];
  const other = before.name !== engine.name;
  // On wasm any number of threads gives the same bits.
  const what = ({ name, version, device }: RunEngine) =>
    `${name} ${version}${name === 'wasm' ? '' : ` on ${device}`}`;
  if (what(before) !== what(engine)) {
    const may = other ? 'will' : 'may';
    line.print(
      `note        begun with ${what(before)}, going on with ${what(engine)}: weights ${may} differ`,
    );
  }
  const resumed = await RunFolder.resume(path);
  if (other) {
    const earlierEngines = [
      ...(then.earlierEngines ?? []),
      { ...before, untilStep: resumed.state?.step ?? 0 },
    ];
    const config = { ...then, engine, earlierEngines };
    await replaceFile(join(path, 'config.json'), (temporary) =>
      writeFile(temporary, `${JSON.stringify(config, null, 2)}\n`),
    );
  }
  for (const problem of resumed.problems) line.print(`note        ${problem}; the checkpoint before is used`);
  const { state } = resumed;
  line.print(
    state
      ? `resumed     ${path} after step ${state.step}`
      : `resumed     ${path} from the start: it ended before its first checkpoint`,
  );
  return resumed;
}
