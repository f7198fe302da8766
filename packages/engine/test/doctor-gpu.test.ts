import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advise } from '../src/doctor/advise.ts';
import { installedBuild, stockBuild } from '../src/doctor/cuda-builds.ts';
import { findLibraries, foldersToAdd } from '../src/doctor/find-libraries.ts';
import { formatSettings } from '../src/doctor/launch.ts';
import { chooseBuild, type GpuState, launchEnvironment } from '../src/doctor/launch-environment.ts';
import { findLibraryPlaces } from '../src/doctor/library-places.ts';
import { findNvidia } from '../src/doctor/nvidia.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lunet-doctor-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Writes files below the folder; programs get a shebang. */
async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    if (text.startsWith('#!')) await chmod(path, 0o755);
  }
}

const wheels = (site: string, release: number, libraries: readonly (readonly [string, string])[]) =>
  Object.fromEntries(
    libraries.flatMap(([part, soname]) => [
      [`${site}/nvidia/${part}/lib/${soname}`, ''],
      [`${site}/nvidia_${part}_cu${release}-1.0.dist-info/METADATA`, ''],
    ]),
  );

const cuda11 = [
  ['cuda_runtime', 'libcudart.so.11.0'],
  ['cublas', 'libcublas.so.11'],
  ['cublas', 'libcublasLt.so.11'],
  ['cufft', 'libcufft.so.10'],
  ['curand', 'libcurand.so.10'],
  ['cusolver', 'libcusolver.so.11'],
  ['cusparse', 'libcusparse.so.11'],
] as const;

/** Environment of a machine whose Python has this site-packages folder, and whose loader finds nothing. */
async function environment(name: string, more: Readonly<Record<string, string>> = {}) {
  await write({
    [`${name}/bin/python`]: `#!/bin/sh\necho '["", "${join(folder, name, 'site')}"]'\n`,
    [`${name}/bin/ldconfig`]: '#!/bin/sh\nexit 1\n',
    [`${name}/bin/nvidia-smi`]: '#!/bin/sh\necho "0, NVIDIA A10, 23028, 535.104.05, 8.6"\n',
  });
  const at = join(folder, name);
  return {
    PATH: `${at}/bin:/bin:/usr/bin`,
    LUNET_PYTHON: `${at}/bin/python`,
    LUNET_CACHE: `${at}/cache`,
    LD_LIBRARY_PATH: undefined,
    CONDA_PREFIX: undefined,
    TF_FORCE_GPU_ALLOW_GROWTH: undefined,
    ...more,
  };
}

async function stateOf(env: Awaited<ReturnType<typeof environment>>, installed: boolean): Promise<GpuState> {
  const places = await findLibraryPlaces(env, folder);
  const nvidia = (await findNvidia({ env, root: folder }))!;
  const libraries = findLibraries(stockBuild, places);
  return { nvidia, places, builds: [{ build: stockBuild, libraries, installed }] };
}

describe.skipIf(process.platform === 'win32')('libraries of CUDA (shell scripts stand for programs)', () => {
  it("finds pip's wheels, and adds all their folders before the user's", async () => {
    await write(
      wheels('pip/site', 11, [...cuda11, ['cudnn', 'libcudnn.so.8'], ['cuda_nvrtc', 'libnvrtc.so.11.2']]),
    );
    const env = await environment('pip', { LD_LIBRARY_PATH: '/mine' });
    const state = await stateOf(env, true);
    expect(state.builds[0]!.libraries.map(({ origin }) => origin)).toEqual(Array(8).fill('pip'));
    const site = join(folder, 'pip/site/nvidia');
    const [path] = launchEnvironment(state, {}, env);
    expect(path!.name).toBe('LD_LIBRARY_PATH');
    expect(path!.value.split(':').sort()).toEqual(
      ['cublas', 'cuda_nvrtc', 'cuda_runtime', 'cudnn', 'cufft', 'curand', 'cusolver', 'cusparse']
        .map((part) => `${site}/${part}/lib`)
        .concat('/mine')
        .sort(),
    );
    expect(path!.value.endsWith(':/mine')).toBe(true);
  });

  it('leaves the path alone where the loader finds all by itself', async () => {
    await write(Object.fromEntries(stockBuild.libraries.map(({ soname }) => [`plain/lib/${soname}`, ''])));
    const env = await environment('plain', { LD_LIBRARY_PATH: join(folder, 'plain/lib') });
    const state = await stateOf(env, true);
    expect(state.builds[0]!.libraries.map(({ origin }) => origin)).toEqual(Array(8).fill('LD_LIBRARY_PATH'));
    expect(foldersToAdd(state.builds[0]!.libraries, state.places)).toEqual([]);
    expect(launchEnvironment(state, {}, env).map(({ name }) => name)).toEqual(['TF_FORCE_GPU_ALLOW_GROWTH']);
  });

  it("does not take CUDA 11's libcusolver.so.11 for CUDA 12's, of wheels and of toolkits", async () => {
    await write(wheels('mixed/site', 11, cuda11));
    await write({
      'usr/local/cuda-12.5/lib64/libcusolver.so.11': '',
      'usr/local/cuda-12.5/lib64/libcudart.so.12': '',
    });
    const env = await environment('mixed');
    const places = await findLibraryPlaces(env, folder);
    const solver = (build: typeof stockBuild) =>
      findLibraries(build, places).find(({ what }) => what === 'cuSOLVER')!.path;
    expect(solver(stockBuild)).toBe(join(folder, 'mixed/site/nvidia/cusolver/lib/libcusolver.so.11'));
    expect(solver(installedBuild)).toBe(join(folder, 'usr/local/cuda-12.5/lib64/libcusolver.so.11'));
  });

  it('warns of two releases of CUDA in one folder', async () => {
    await write(wheels('both/site', 11, cuda11));
    await write(wheels('both/site', 12, [['cusolver', 'libcusolver.so.11']]));
    const { problems } = await findLibraryPlaces(await environment('both'), folder);
    expect(problems).toEqual([expect.stringContaining('CUDA 11 and 12, which overwrite each other')]);
  });

  it('names the wheels that are missing and the GPUs that there are', async () => {
    await write(wheels('lacking/site', 11, cuda11.slice(1)));
    const env = await environment('lacking');
    const state = await stateOf(env, true);
    const [{ build, libraries }] = state.builds as [GpuState['builds'][number]];
    const nvidia = {
      ...state.nvidia,
      builds: [{ ...build, name: build.key, installed: true, driverSuffices: true, libraries }],
      environment: [],
    };
    expect(advise({ nvidia, engines: [] })).toEqual([
      'TensorFlow 2.9.1 finds no GPU without all of its CUDA libraries: python3 -m pip install "nvidia-cuda-runtime-cu11" "nvidia-cudnn-cu11==8.*"',
    ]);
    expect(() => launchEnvironment(state, { gpu: 1 }, env)).toThrow(
      new RangeError('Cannot use GPU 1: this machine has 0 (NVIDIA A10)'),
    );
  });

  it('chooses the installed build, else a complete one', async () => {
    const places = await findLibraryPlaces(await environment('pip'), folder);
    const state = (build: typeof stockBuild, installed: boolean) => ({
      build,
      installed,
      libraries: findLibraries(build, places),
    });
    expect(chooseBuild([state(stockBuild, false), state(installedBuild, true)])!.build).toBe(installedBuild);
    expect(chooseBuild([state(stockBuild, false), state(installedBuild, false)])!.build).toBe(stockBuild);
    expect(chooseBuild([state(installedBuild, false)])).toBeUndefined();
  });

  it('writes settings that a shell reads back', async () => {
    const env = await environment('pip', { TF_FORCE_GPU_ALLOW_GROWTH: 'false' });
    const settings = launchEnvironment(await stateOf(env, false), { gpu: 0, threads: 4 }, env);
    expect(
      settings.map(({ name, value }) => [name, value]).filter(([name]) => name !== 'LD_LIBRARY_PATH'),
    ).toEqual([
      ['TF_NUM_INTRAOP_THREADS', '4'],
      ['CUDA_VISIBLE_DEVICES', '0'],
      ['CUDA_DEVICE_ORDER', 'PCI_BUS_ID'],
    ]);
    const odd = [{ name: 'ODD', value: "it's $HOME", why: 'a test' }];
    expect(formatSettings(odd, undefined)).toBe(
      "# no NVIDIA GPU found, nothing of CUDA to set\n# a test\nexport ODD='it'\\''s $HOME'\n",
    );
  });
});

describe.skipIf(process.platform === 'win32')('findNvidia (shell scripts stand for programs)', () => {
  const at = (name: string) => ({ root: join(folder, name), env: { PATH: join(folder, name, 'bin') } });

  it('finds none on a machine without', async () => {
    await mkdir(join(folder, 'none'));
    expect(await findNvidia(at('none'))).toBeUndefined();
  });

  it('finds a card on the bus that has no driver', async () => {
    await write({
      'bare/sys/bus/pci/devices/0000:01:00.0/vendor': '0x10de\n',
      'bare/sys/bus/pci/devices/0000:01:00.0/class': '0x030200\n',
    });
    expect(await findNvidia(at('bare'))).toEqual({
      driver: null,
      gpus: [],
      problem: expect.stringMatching(
        /^nvidia-smi does not answer \(it is not installed\): install the NVIDIA driver/,
      ),
    });
  });

  it('tells a driver that does not answer, as in a container without the runtime', async () => {
    await write({
      'mute/bin/nvidia-smi':
        '#!/bin/sh\necho "Failed to initialize NVML: Driver/library version mismatch"; exit 18\n',
      'mute/proc/driver/nvidia/version':
        'NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19\n',
    });
    expect(await findNvidia(at('mute'))).toEqual({
      driver: '535.104.05',
      gpus: [],
      problem: expect.stringContaining(
        'Failed to initialize NVML: Driver/library version mismatch): in a container',
      ),
    });
  });

  it('asks drivers before release 510 without compute_cap', async () => {
    await write({
      'old/bin/nvidia-smi':
        '#!/bin/sh\ncase "$1" in *compute_cap*) echo "Field \\"compute_cap\\" is not a valid field to query."; exit 2;; esac\necho "0, Tesla T4, 15109, 460.32.03"\n',
    });
    const found = await findNvidia(at('old'));
    expect(found).toMatchObject({ driver: '460.32.03', problem: null });
    expect(found!.gpus).toEqual([
      { index: 0, name: 'Tesla T4', memoryBytes: 15109 * 2 ** 20, computeCapability: null },
    ]);
  });
});
