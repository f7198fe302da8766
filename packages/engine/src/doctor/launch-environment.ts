import { delimiter } from 'node:path';
import { resolveInstalled } from '../import-installed.ts';
import type { Environment } from '../install/cache-folder.ts';
import { installedTensorflow } from '../install/installed-tensorflow.ts';
import { type CudaBuild, cudaBuilds, installedBuild, stockBuild } from './cuda-builds.ts';
import { type FoundLibrary, findLibraries, foldersToAdd } from './find-libraries.ts';
import { findLibraryPlaces, type LibraryPlaces } from './library-places.ts';
import { findNvidia, type Nvidia } from './nvidia.ts';

/** What a program may be launched with. */
export interface LaunchOptions {
  /** GPU by nvidia-smi's number, or `none`; by default the environment or TensorFlow chooses. */
  readonly gpu?: number | 'none' | undefined;
  /** Threads of native TensorFlow. */
  readonly threads?: number | undefined;
}

/** An environment variable to set, and why. */
export interface Setting {
  readonly name: string;
  readonly value: string;
  readonly why: string;
}

/** A CUDA build of TensorFlow on this machine. */
export interface BuildState {
  readonly build: CudaBuild;
  readonly libraries: readonly FoundLibrary[];
  /** Whether that TensorFlow is installed. */
  readonly installed: boolean;
}

/** What is known of this machine's GPUs. */
export interface GpuState {
  readonly nvidia: Nvidia;
  readonly builds: readonly BuildState[];
  readonly places: LibraryPlaces;
}

/** Looks for GPUs and for what TensorFlow needs on them; undefined on a machine without one. */
export async function findGpuState(env: Environment = process.env): Promise<GpuState | undefined> {
  const nvidia = await findNvidia({ env });
  if (nvidia === undefined) return undefined;
  const places = await findLibraryPlaces(env);
  const installed = new Set(await installedBuilds(env));
  const builds = cudaBuilds.map((build) => ({
    build,
    libraries: findLibraries(build, places),
    installed: installed.has(build),
  }));
  return { nvidia, places, builds };
}

async function installedBuilds(env: Environment): Promise<CudaBuild[]> {
  const stock = resolveInstalled('@tensorflow/tfjs-node-gpu/package.json') !== undefined;
  // A damaged installation is the engine's own report.
  const own = await installedTensorflow(env).catch(() => undefined);
  return [...(stock ? [stockBuild] : []), ...(own?.gpu ? [installedBuild] : [])];
}

/** The build whose libraries a launched program gets: the one installed (the stock one first), else one that is complete. */
export function chooseBuild(builds: readonly BuildState[]): BuildState | undefined {
  const complete = (state: BuildState) => state.libraries.every(({ path }) => path !== null);
  const installed = builds.filter((state) => state.installed);
  return installed.find(complete) ?? installed[0] ?? builds.find(complete);
}

/** What to add to a program's environment so that native TensorFlow finds its GPU. */
export function launchEnvironment(
  state: GpuState | undefined,
  { gpu, threads }: LaunchOptions = {},
  env: Environment = process.env,
): Setting[] {
  const settings: Setting[] = [];
  const set = (name: string, value: string, why: string) => settings.push({ name, value, why });
  if (threads !== undefined) {
    set('TF_NUM_INTRAOP_THREADS', String(threads), 'threads of one TensorFlow operation');
  }
  if (state === undefined) return settings;
  const chosen = chooseBuild(state.builds);
  const folders = chosen ? foldersToAdd(chosen.libraries, state.places) : [];
  if (folders.length > 0) {
    const value = [...folders, ...state.places.loaderPath].join(delimiter);
    set(
      'LD_LIBRARY_PATH',
      value,
      `CUDA ${chosen!.build.cuda} libraries that the loader does not find by itself`,
    );
  }
  if (env.TF_FORCE_GPU_ALLOW_GROWTH === undefined) {
    set('TF_FORCE_GPU_ALLOW_GROWTH', 'true', 'takes GPU memory as it is needed, not all of it at once');
  }
  if (gpu === 'none') {
    set('CUDA_VISIBLE_DEVICES', '-1', 'no GPU, as asked');
  } else if (gpu !== undefined) {
    const { gpus } = state.nvidia;
    if (gpus.length > 0 && !gpus.some(({ index }) => index === gpu)) {
      const known = gpus.map(({ index, name }) => `${index} (${name})`).join(', ');
      throw new RangeError(`Cannot use GPU ${gpu}: this machine has ${known}`);
    }
    set('CUDA_VISIBLE_DEVICES', String(gpu), 'the GPU asked for');
    set('CUDA_DEVICE_ORDER', 'PCI_BUS_ID', "counts GPUs in nvidia-smi's order");
  }
  return settings;
}
