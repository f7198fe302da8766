import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkSpace } from '../src/install/check-space.ts';
import { cudaRequirements, manylinuxTags } from '../src/install/cuda-requirements.ts';
import { unpackWheel } from '../src/install/unpack-wheel.ts';
import { tensorflowEntries, type WheelEntry, writeWheel } from './install-wheel-bytes.ts';

let root: string;
let count = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lunet-wheel-'));
});
afterAll(() => rm(root, { recursive: true }));

/** Unpacks a wheel of these entries into a new folder. */
async function unpack(entries: readonly WheelEntry[]): Promise<string> {
  const into = await mkdtemp(join(root, 'into-'));
  await unpackWheel(await writeWheel(join(root, `${++count}.whl`), entries), into);
  return into;
}

const metadata: WheelEntry = { name: 'tensorflow-2.21.0.dist-info/METADATA', content: 'Name: tensorflow' };
const library: WheelEntry = { name: 'tensorflow/libtensorflow_cc.so.2', content: 'twelve bytes' };

describe('unpackWheel', () => {
  it('takes the libraries, the C headers, the licence and how it was built, and nothing else', async () => {
    const into = await unpack(tensorflowEntries());
    const files = (await readdir(into, { recursive: true }))
      .filter((name) => /\.\w+$|LICENSE/.test(name))
      .sort();
    expect(files).toEqual([
      'tensorflow/LICENSE',
      'tensorflow/include/tensorflow/c/eager/c_api.h',
      'tensorflow/libtensorflow_cc.so.2',
      'tensorflow/libtensorflow_framework.so.2',
      'tensorflow/python/platform/build_info.py',
    ]);
    expect(await readFile(join(into, 'tensorflow/libtensorflow_cc.so.2'), 'utf8')).toBe('the C library');
    const mode = async (name: string): Promise<number> =>
      (await stat(join(into, 'tensorflow', name))).mode & 0o111;
    expect([await mode('libtensorflow_cc.so.2'), await mode('LICENSE')]).toEqual([
      0o111 & ~process.umask(),
      0,
    ]);
  });

  it("takes NVIDIA's libraries and compiler, not their headers and Python", async () => {
    const names = [
      'nvidia/cudnn/lib/libcudnn.so.9',
      'nvidia/cudnn/include/cudnn.h',
      'nvidia/cudnn/__init__.py',
      'nvidia/cuda_nvcc/bin/ptxas',
      'nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc',
      'nvidia/cublas/lib/libcublas.so.12.5.3',
    ];
    const into = await unpack([metadata, ...names.map((name) => ({ name, content: name }))]);
    const taken = (await readdir(into, { recursive: true })).filter((name) => names.includes(name)).sort();
    expect(taken).toEqual([names[5], names[3], names[4], names[0]]);
  });

  it.each([
    ['../tensorflow/libtensorflow_cc.so.2', 'invalid relative path'],
    ['tensorflow/../../libtensorflow_cc.so.2', 'invalid relative path'],
    ['/tensorflow/libtensorflow_cc.so.2', 'absolute path'],
    ['tensorflow\\..\\libtensorflow_cc.so.2', 'invalid characters'],
  ])('refuses the path %s', async (name, reason) => {
    await expect(unpack([metadata, { ...library, name }])).rejects.toThrow(reason);
  });

  it.each<[string, Partial<WheelEntry> & { count?: number }, RegExp]>([
    [
      'another CRC-32 than declared',
      { crc32: 0xdeadbeef },
      /libtensorflow_cc.so.2 has CRC-32 \w{8}, declared deadbeef/,
    ],
    ['more bytes than declared', { bytes: 5 }, /too many bytes in the stream. expected 5/],
    ['fewer bytes than declared', { bytes: 50 }, /not enough bytes in the stream. expected 50/],
    [
      'a size that no disk has room for',
      { bytes: 0xfffffffe, count: 1000 },
      /it takes \d+ MB in .* MB are free/,
    ],
  ])('refuses a file with %s', async (_, { count = 1, ...declared }, message) => {
    const many = Array.from({ length: count }, (_, index) => ({
      ...library,
      ...declared,
      ...(count > 1 && { name: `nvidia/x/lib/lib${index}.so` }),
    }));
    await expect(unpack([metadata, ...many])).rejects.toThrow(message);
  });

  it('names the wheel that is cut short, no archive, or no wheel', async () => {
    const into = await mkdtemp(join(root, 'into-'));
    const cut = await writeWheel(join(root, 'cut.whl'), tensorflowEntries());
    await truncate(cut, 700);
    await expect(unpackWheel(cut, into)).rejects.toThrow(/^Cannot unpack cut.whl: End of central directory/);
    await writeFile(join(root, 'text.whl'), 'x'.repeat(100));
    await expect(unpackWheel(join(root, 'text.whl'), into)).rejects.toThrow(/^Cannot unpack text.whl: /);
    await expect(unpack([library])).rejects.toThrow(/it has no METADATA: not a Python wheel$/);
    expect(await readdir(into)).toEqual([]);
  });

  it('stops at once when it is aborted', async () => {
    const wheel = await writeWheel(join(root, 'aborted.whl'), tensorflowEntries());
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(unpackWheel(wheel, root, { signal })).rejects.toThrow(/^enough$/);
  });
});

it('says how much room is missing', async () => {
  await checkSpace(root, 1);
  await expect(checkSpace(root, 1e18)).rejects.toThrow(
    /^it takes 1000000000000 MB in .*; make room, or set LUNET_CACHE/,
  );
});

describe('cudaRequirements', () => {
  it("takes the extra's packages alone", () => {
    const metadata = [
      'Requires-Dist: numpy>=1.26.0',
      'Requires-Dist: nvidia-cudnn-cu12<10.0,>=9.3.0.75; extra == "and-cuda"',
      "Requires-Dist: nvidia-nccl-cu12 (>=2.25.1,<3.0) ; (platform_system == 'Linux') and extra == 'and-cuda'",
      'Requires-Dist: tensorflow-gcs ; extra == "gcs"',
    ].join('\n');
    expect(cudaRequirements(metadata)).toEqual([
      'nvidia-cudnn-cu12<10.0,>=9.3.0.75',
      'nvidia-nccl-cu12>=2.25.1,<3.0',
    ]);
  });

  it.each(['nvidia-x @ http://localhost/x.whl', '--index-url=x', '-r/etc/passwd', 'evil'])(
    'refuses %s',
    (name) => {
      expect(() => cudaRequirements(`Requires-Dist: ${name}; extra == "and-cuda"`)).toThrow(
        new SyntaxError(`Cannot fetch CUDA's libraries: TensorFlow asks for "${name}", expected nvidia-…`),
      );
    },
  );
});

it('asks pip for wheels that the C library can load', () => {
  expect(manylinuxTags('2.19', 'x64')).toEqual([
    'manylinux_2_19_x86_64',
    'manylinux_2_18_x86_64',
    'manylinux_2_17_x86_64',
    'manylinux2014_x86_64',
  ]);
});
