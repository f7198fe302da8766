import type { EngineName } from '../engine.ts';
import type { Environment } from '../install/cache-folder.ts';
import { engineNames, ladder } from '../ladder.ts';
import { advise } from './advise.ts';
import { driverSuffices } from './cuda-builds.ts';
import type { FoundLibrary } from './find-libraries.ts';
import { findGpuState, type GpuState, launchEnvironment, type Setting } from './launch-environment.ts';
import { type MachineFacts, machineFacts } from './machine.ts';
import type { Gpu } from './nvidia.ts';
import { type EngineTrial, tryEngine } from './try-engine.ts';

/** What `lunet-engine doctor --json` prints; fields may be added, none changed while `format` stays. */
export interface Diagnosis {
  readonly format: 1;
  /** Whether an engine trains: one that `auto` takes, or the one looked at. */
  readonly ok: boolean;
  /** The engine that `startEngine()` takes; null if none starts or not all were tried. */
  readonly takes: EngineName | null;
  readonly machine: MachineFacts;
  /** Null on a machine without an NVIDIA GPU. */
  readonly nvidia: NvidiaDiagnosis | null;
  readonly engines: readonly EngineTrial[];
  /** What to do next, most urgent first. */
  readonly advice: readonly string[];
}

export interface NvidiaDiagnosis {
  readonly driver: string | null;
  readonly gpus: readonly Gpu[];
  readonly problem: string | null;
  readonly builds: readonly BuildDiagnosis[];
  /** What `lunet-engine run` sets, as it was while the engines were tried. */
  readonly environment: readonly Setting[];
}

/** A CUDA build of TensorFlow and its libraries on this machine. */
interface BuildDiagnosis {
  readonly name: string;
  readonly tensorflow: string;
  readonly cuda: number;
  readonly installed: boolean;
  readonly minimumDriver: string;
  /** Null if the driver does not answer. */
  readonly driverSuffices: boolean | null;
  readonly libraries: readonly FoundLibrary[];
}

/** What to look at. */
export interface DiagnoseOptions {
  /** This engine alone. */
  readonly engine?: EngineName | undefined;
  /** Whether to time the engines, three seconds each; default true. */
  readonly speed?: boolean;
  readonly env?: Environment;
  readonly signal?: AbortSignal | undefined;
  onProgress?(text: string): void;
}

/** Looks at the machine and tries its engines, one after the other. */
export async function diagnose({
  engine,
  speed = true,
  env = process.env,
  signal,
  onProgress,
}: DiagnoseOptions = {}): Promise<Diagnosis> {
  onProgress?.('looking at the machine');
  const state = await findGpuState(env);
  const environment = launchEnvironment(state, {}, env);
  const launched = { ...env, ...Object.fromEntries(environment.map(({ name, value }) => [name, value])) };
  const engines: EngineTrial[] = [];
  for (const name of engine === undefined ? engineNames : [engine]) {
    onProgress?.(`trying ${name}`);
    engines.push(await tryEngine(name, { time: speed && name !== 'cpu', env: launched, signal }));
  }
  const machine = machineFacts();
  const nvidia = state === undefined ? null : diagnoseNvidia(state, environment);
  return {
    format: 1,
    ok: engines.some(({ name, trains }) => trains && (name !== 'cpu' || engine === 'cpu')),
    takes: engine === undefined ? firstToStart(engines) : null,
    machine,
    nvidia,
    engines,
    advice: [...advise({ nvidia, engines }), ...(state?.places.problems ?? [])],
  };
}

/** The engine that `auto` takes, of all that were tried. */
export function firstToStart(trials: readonly EngineTrial[]): EngineName | null {
  const rung = ladder.find(({ name, gpu }) =>
    trials.some((trial) => trial.name === name && trial.gpu !== null && (trial.gpu || !gpu)),
  );
  return rung?.name ?? null;
}

function diagnoseNvidia({ nvidia, builds }: GpuState, environment: readonly Setting[]): NvidiaDiagnosis {
  return {
    ...nvidia,
    builds: builds.map(({ build, libraries, installed }) => ({
      name: build.key,
      tensorflow: build.tensorflow,
      cuda: build.cuda,
      installed,
      minimumDriver: build.minimumDriver,
      driverSuffices: nvidia.driver === null ? null : driverSuffices(nvidia.driver, build.minimumDriver),
      libraries,
    })),
    environment,
  };
}
