import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Steps } from '../src/install/build-installation.ts';
import { checkPlatform } from '../src/install/check-platform.ts';
import { type Installation, type InstallOptions, install } from '../src/install/install.ts';
import { installedTensorflow, tensorflowFolder } from '../src/install/installed-tensorflow.ts';
import type { Manifest } from '../src/install/manifest.ts';
import { uninstall } from '../src/install/uninstall.ts';
import { Workplace } from './install-fakes.ts';
import { tensorflowEntries, writeWheel } from './install-wheel-bytes.ts';

let place: Workplace;
let folder: string;

beforeEach(async () => {
  place = await Workplace.make();
  folder = tensorflowFolder(place.env);
  await place.compiler();
});
afterEach(() => place.close());

/** A package that is not fetched, and a trial that succeeds: what they really do is tested elsewhere. */
const steps: Steps = {
  async obtainTfjsNode(into) {
    await mkdir(join(into, 'dist'), { recursive: true });
    await writeFile(join(into, 'dist/nodejs_kernel_backend.js'), '// kernels');
    return 'a made-up package';
  },
  verify: async () => ({ version: '2.21.0', gpu: false }),
};

function run(options: InstallOptions = {}, others: Partial<Steps> = {}): Promise<Installation> {
  return install({ env: place.env, ...options }, { ...steps, ...others });
}

/** What lies in the cache folder. */
async function cached(): Promise<string[]> {
  return existsSync(place.env.LUNET_CACHE!) ? readdir(place.env.LUNET_CACHE!) : [];
}

async function manifest(): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest;
}

describe('install', () => {
  it('makes an installation from a wheel, which is found, kept, and removed', async () => {
    expect(await installedTensorflow(place.env)).toBeUndefined();
    expect(await uninstall(place.env)).toBeUndefined();
    const from = await writeWheel(join(place.root, 'tensorflow.whl'), tensorflowEntries());
    const made = await run({ from });
    expect(made).toMatchObject({ folder, version: '2.21.0', gpu: false, already: false });
    expect(made.did.map((line) => line.replace(/[\da-f]{64}/, '…'))).toEqual([
      `took TensorFlow 2.21.0 from ${from} (0 kB)`,
      'SHA-256 of tensorflow.whl: …, given by --from',
      'took tfjs-node from a made-up package',
      'compiled its binding with g++ (fake) 1.0',
      'trained one step on the CPU, with the expected result',
    ]);
    expect(await installedTensorflow(place.env)).toEqual({
      folder,
      binding: join(folder, 'binding/tfjs_binding.node'),
      package: join(folder, 'tfjs-node'),
      version: '2.21.0',
      gpu: false,
    });
    const { files } = await manifest();
    expect(files.map(({ path, bytes }) => `${path} ${bytes}`).sort()).toEqual([
      'binding/tfjs_binding.node 9',
      'tensorflow/LICENSE 6',
      'tensorflow/libtensorflow_cc.so.2 13',
      'tensorflow/libtensorflow_framework.so.2 13',
      'tensorflow/python/platform/build_info.py 26',
      'tfjs-node/dist/nodejs_kernel_backend.js 10',
    ]);
    expect(files.find(({ path }) => path === 'binding/tfjs_binding.node')?.sha256).toBe(
      '82bbb1ee2e80489d4898e857907af2f6915ca682a0fbf1be13cea02fa3e88e79',
    );

    await rm(join(place.bin, 'g++'));
    expect(await run({ from })).toMatchObject({ already: true, did: [] });
    expect(await run()).toMatchObject({ already: true, did: [] });
    expect(await cached()).toHaveLength(1);
    expect(await uninstall(place.env)).toEqual({ freedBytes: made.bytes });
    expect(await cached()).toEqual([]);
    expect(await installedTensorflow(place.env)).toBeUndefined();
  });

  it("copies python3's own, unless it does not compile: then the next source is taken", async () => {
    const own = await place.sitePackages();
    await place.program(
      'python3',
      `case "$*" in *find_spec*) echo ${own}/tensorflow/__init__.py;; *) exit 7;; esac`,
    );
    const { did } = await run();
    expect(did[0]).toBe(`took TensorFlow 2.21.0 from ${own} (0 kB)`);
    await uninstall(place.env);
    await place.compiler('echo no such symbol >&2; exit 1');
    await expect(run()).rejects.toThrow(/^Cannot download tensorflow-cpu==2.21.0: pip ended with 7/);
  });

  it.each([
    ['of another length', (file: string) => appendFile(file, 'x'), 'has 10 bytes, expected 9'],
    ['of other bytes', (file: string) => writeFile(file, 'Compiled\n'), 'has the SHA-256'],
    ['not there', (file: string) => rm(file), 'ENOENT'],
  ])('is done again if a file is %s', async (_, damage, reason) => {
    const from = await place.sitePackages();
    await run({ from });
    await damage(join(folder, 'binding/tfjs_binding.node'));
    const { did, already } = await run({ from });
    expect(already).toBe(false);
    expect(did[0]).toMatch(/^replaced a damaged installation: /);
    expect(did[0]).toContain(reason);
    expect(await readFile(join(folder, 'binding/tfjs_binding.node'), 'utf8')).toBe('compiled\n');
    expect(await cached()).toHaveLength(1);
  });

  it('is done again, and swept, if another one was killed', async () => {
    const from = await place.sitePackages();
    await place.write(`${folder}.partial-1/tensorflow/libtensorflow_cc.so.2`, 'x'.repeat(2e6));
    await place.write(`${folder}.lock`, '{"pid":999999999,"host":"elsewhere"}');
    await utimes(`${folder}.lock`, 0, 0);
    expect((await run({ from })).did[0]).toBe('removed what an interrupted install had left (2 MB)');
    expect(await cached()).toHaveLength(1);
  });

  it('is done once if it is started twice', async () => {
    const from = await place.sitePackages();
    const texts: string[] = [];
    const both = await Promise.all([run({ from }), run({ from, onProgress: (text) => texts.push(text) })]);
    expect(both.map(({ already }) => already).sort()).toEqual([false, true]);
    expect(await cached()).toHaveLength(1);
  });

  it('replaces one of another source, and one without CUDA if that is asked for', async () => {
    await run({ from: await place.sitePackages() });
    const from = await place.sitePackages(tensorflowEntries({ gpu: true }));
    expect((await run({ from })).gpu).toBe(true);
    expect(await run({ gpu: true })).toMatchObject({ already: true, gpu: true });
    expect(await run()).toMatchObject({ already: true, gpu: true });
  });

  it('lets pip fetch what the CUDA wheel asks for, and keeps their digests', async () => {
    const wheels = join(place.root, 'wheels');
    await mkdir(wheels);
    const requires = 'Requires-Dist: nvidia-cudnn-cu12<10.0,>=9.3.0.75; extra == "and-cuda"\n';
    await writeWheel(join(wheels, 'tensorflow.whl'), tensorflowEntries({ gpu: true, requires }));
    const cudnn = { name: 'nvidia/cudnn/lib/libcudnn.so.9', content: 'cudnn' };
    await writeWheel(join(wheels, 'nvidia.whl'), [cudnn, { name: 'x.dist-info/METADATA', content: '' }]);
    await place.program(
      'python3',
      `case "$*" in *find_spec*) exit;; esac; echo "$*" >> ${place.root}/asked`,
      'for name; do case $last in --dest) to=$name;; esac; last=$name; done',
      `case $last in tensorflow==2.21.0) cp ${wheels}/tensorflow.whl $to;; nvidia-*) cp ${wheels}/nvidia.whl $to;; esac`,
    );
    const made = await run({ gpu: true });
    expect(made.gpu).toBe(true);
    expect(await readFile(join(folder, 'nvidia/cudnn/lib/libcudnn.so.9'), 'utf8')).toBe('cudnn');
    const { wheels: recorded } = await manifest();
    expect(recorded.map(({ name, checked }) => [name, checked])).toEqual([
      ['tensorflow.whl', 'checked by pip against its index'],
      ['nvidia.whl', 'checked by pip against its index'],
    ]);
    const asked = (await readFile(join(place.root, 'asked'), 'utf8')).trim().split('\n');
    expect(asked.map((line) => line.split(' ').at(-1))).toEqual([
      'tensorflow==2.21.0',
      'nvidia-cudnn-cu12<10.0,>=9.3.0.75',
    ]);
  });
});

describe('install leaves nothing behind and says what to do', () => {
  const missing = 'case "$*" in *find_spec*) exit 1;; *) echo "No module named pip" >&2; exit 1;; esac';

  it.each<[string, () => Promise<unknown>, InstallOptions, RegExp]>([
    [
      'without a compiler',
      () => rm(join(place.bin, 'g++')),
      {},
      /^Cannot compile .* \(tried g\+\+, clang\+\+, c\+\+\); install one \(Debian, Ubuntu: apt install g\+\+; Fedora: dnf install gcc-c\+\+; macOS: xcode-select --install\)$/,
    ],
    [
      'without python3',
      async () => {},
      {},
      /^Cannot download tensorflow-cpu==2.21.0: there is no python3; install it \(Debian/,
    ],
    [
      'without pip',
      () => place.program('python3', missing),
      {},
      /this python3 has no pip; install it \(Debian, Ubuntu: apt install python3-pip;/,
    ],
    [
      'when pip fails',
      () => place.program('python3', 'echo "No matching distribution" >&2; exit 1'),
      {},
      /pip ended with 1; run this again, or name a wheel with --from; pip said:\n {2}No matching distribution$/,
    ],
    [
      'when the download is cut',
      () => place.program('python3', 'echo "ERROR: Wheel \'x\' located at /x.whl is invalid." >&2; exit 1'),
      {},
      /pip ended with 1, what came was cut short or damaged; run this again/,
    ],
    [
      'when pip brings another file',
      () =>
        place.program(
          'python3',
          'for name; do case $last in --dest) to=$name;; esac; last=$name; done',
          'echo other > "$to/tensorflow_cpu.whl"',
        ),
      {},
      /^Cannot use tensorflow_cpu.whl: its 6 bytes have the SHA-256 [\da-f]{64}, expected 273829956 bytes with 2b847d21/,
    ],
    [
      'when pip brings nothing',
      () => place.program('python3', 'exit 0'),
      {},
      /pip left 0 wheels, expected 1$/,
    ],
    [
      'when there is nothing at --from',
      async () => {},
      { from: '/nowhere' },
      /^Cannot install from \/nowhere: ENOENT/,
    ],
    [
      'from a folder without TensorFlow',
      async () => {},
      { from: '/usr' },
      /^Cannot use \/usr: it has no tensorflow\/libtensorflow_cc/,
    ],
  ])('%s', async (_, arrange, options, message) => {
    await arrange();
    await expect(run(options)).rejects.toThrow(message);
    expect(await cached()).toEqual([]);
  });

  it('when the compiler fails, with its last words', async () => {
    const from = await place.sitePackages();
    await place.compiler('echo "tfjs_backend.cc: no such symbol" >&2; exit 3');
    await expect(run({ from })).rejects.toThrow(
      /^Cannot compile the binding: g\+\+ \(fake\) 1.0 ended with 3; choose another .*\n {2}tfjs_backend.cc: no such symbol$/,
    );
    expect(await cached()).toEqual([]);
  });

  it('when the compiler that CXX names is not there', async () => {
    const env = { ...place.env, CXX: 'ccache clang++-99' };
    await expect(run({ env })).rejects.toThrow('(tried ccache clang++-99 of the variable CXX)');
  });

  it('when the trial fails, and what was there before stays', async () => {
    const first = await run({ from: await place.sitePackages() });
    const verify = (): Promise<never> => Promise.reject(new Error('one training step gave other weights'));
    await expect(run({ from: await place.sitePackages() }, { verify })).rejects.toThrow(
      /gave other weights$/,
    );
    expect(await cached()).toHaveLength(1);
    expect(await installedTensorflow(place.env)).toMatchObject({ folder: first.folder });
  });

  it('when it is aborted while the compiler runs, which ends too', async () => {
    const from = await place.sitePackages();
    await place.compiler(`echo $$ > ${place.root}/pid`, 'exec sleep 60');
    const controller = new AbortController();
    const onProgress = (text: string): void => {
      if (text.startsWith('Compiling')) setTimeout(() => controller.abort(new Error('enough')), 100);
    };
    await expect(run({ from, signal: controller.signal, onProgress })).rejects.toThrow(/^enough$/);
    expect(await cached()).toEqual([]);
    const pid = Number(await readFile(join(place.root, 'pid'), 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('where the cache cannot be written', async () => {
    const env = { ...place.env, LUNET_CACHE: '/dev/null/cache' };
    await expect(run({ env })).rejects.toThrow(
      /^Cannot install into \/dev\/null\/cache: ENOTDIR: .*; set LUNET_CACHE to a folder that you can write to$/,
    );
  });

  it.skipIf(!existsSync('/dev/full'))('on a full disk', async () => {
    const from = await place.sitePackages();
    const full = async (): Promise<never> => {
      await writeFile('/dev/full', 'x');
      throw new Error('not reached');
    };
    await expect(run({ from }, { obtainTfjsNode: full })).rejects.toThrow(
      /^Cannot install into .*: the disk is full; make room, or set LUNET_CACHE to a folder on another disk$/,
    );
    expect(await cached()).toEqual([]);
  });

  it.each([
    [{ platform: 'win32', arch: 'x64', glibc: undefined }, /on win32-x64: expected one of linux-x64, /],
    [{ platform: 'linux', arch: 'ia32', glibc: '2.36' }, /on linux-ia32: expected one of/],
    [{ platform: 'linux', arch: 'x64', glibc: undefined }, /on a Linux without the GNU C library \(Alpine/],
    [
      { platform: 'linux', arch: 'x64', glibc: '2.17' },
      /with glibc 2.17: its wheels need 2.27; the engines wasm/,
    ],
  ])('on the platform %o', (machine, message) => {
    expect(() => checkPlatform(machine)).toThrow(message);
    checkPlatform({ platform: 'linux', arch: 'x64', glibc: '2.27' });
  });
});
