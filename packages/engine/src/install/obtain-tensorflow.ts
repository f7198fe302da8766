import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { thisMachine } from './check-platform.ts';
import { checkSpace } from './check-space.ts';
import { copyTensorflow } from './copy-tensorflow.ts';
import { cudaRequirements, manylinuxTags } from './cuda-requirements.ts';
import { downloadWheels } from './download-wheels.ts';
import { hashFile } from './hash-file.ts';
import type { WheelRecord } from './manifest.ts';
import { type PinnedWheel, pinnedWheels, tensorflowVersion } from './pinned.ts';
import type { Progress } from './progress.ts';
import { readTensorflowFolder } from './tensorflow-folder.ts';
import { unpackWheel } from './unpack-wheel.ts';
import { buildInfoPath, isCudaBuild } from './wheel-files.ts';

/** Where a TensorFlow may come from; a download without a pinned digest is that of the CUDA build. */
export type TensorflowSource =
  | { readonly kind: 'wheel'; readonly path: string }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'download'; readonly pinned: PinnedWheel | undefined };

/** What lies in the folder then. */
export interface Obtained {
  readonly gpu: boolean;
  /** For people. */
  readonly source: string;
  readonly wheels: readonly WheelRecord[];
}

interface ObtainOptions {
  /** Whether CUDA's libraries are wanted too. */
  readonly gpu: boolean;
  /** An existing folder for what is only needed meanwhile. */
  readonly scratch: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: Progress | undefined;
}

const byDigest = 'the digest that lunet expects';
const byPip = 'checked by pip against its index';

/** Puts TensorFlow's C library, and for a GPU NVIDIA's libraries, into a folder. */
export async function obtainTensorflow(
  from: TensorflowSource,
  into: string,
  options: ObtainOptions,
): Promise<Obtained> {
  if (from.kind === 'folder') return copyFolder(from.path, into, options);
  if (from.kind === 'wheel') {
    return unpackAll(from.path, 'given by --from', from.path, into, options);
  }
  const { pinned } = from;
  const requirement = pinned?.requirement ?? `tensorflow==${tensorflowVersion}`;
  const wheel = await download(requirement, pinned, options);
  const checked = pinned === undefined ? byPip : byDigest;
  return unpackAll(wheel, checked, `${requirement}, downloaded by pip`, into, options);
}

async function copyFolder(path: string, into: string, options: ObtainOptions): Promise<Obtained> {
  const { sitePackages, gpu } = await readTensorflowFolder(path);
  if (options.gpu && !gpu) throw notForCuda(path);
  await copyTensorflow(sitePackages, into, options);
  return { gpu, source: sitePackages, wheels: [] };
}

async function download(
  requirement: string,
  pinned: PinnedWheel | undefined,
  { scratch, signal, onProgress }: ObtainOptions,
): Promise<string> {
  const into = await makeFolder(scratch, 'tensorflow');
  if (pinned !== undefined) await checkSpace(into, pinned.bytes);
  const [wheel, ...more] = await downloadWheels([requirement], into, {
    platforms: pinned?.platforms ?? gpuPlatforms(),
    scratch,
    ...(pinned && { bytes: pinned.bytes }),
    signal,
    onProgress,
  });
  if (wheel === undefined || more.length > 0) {
    throw new Error(
      `Cannot use ${requirement}: pip left ${more.length + (wheel ? 1 : 0)} wheels, expected 1`,
    );
  }
  if (pinned !== undefined) await checkWheel(wheel, pinned, signal);
  return wheel;
}

/** @throws {Error} if a wheel is not the one whose digest is known. */
async function checkWheel(
  wheel: string,
  pinned: PinnedWheel,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { size } = await stat(wheel);
  const sha256 = await hashFile(wheel, { signal });
  if (sha256 === pinned.sha256) return;
  throw new Error(
    `Cannot use ${basename(wheel)}: its ${size} bytes have the SHA-256 ${sha256}, expected ${pinned.bytes} bytes with ${pinned.sha256}; if you trust the index that pip has it from, name the wheel with --from`,
  );
}

/** Unpacks TensorFlow's wheel and, for a GPU, those that it asks for; downloaded ones are removed as they are unpacked. */
async function unpackAll(
  wheel: string,
  checked: string,
  source: string,
  into: string,
  options: ObtainOptions,
): Promise<Obtained> {
  const { scratch, signal, onProgress } = options;
  const sha256 = await hashFile(wheel, { signal });
  const known = Object.values(pinnedWheels).some((pinned) => pinned.sha256 === sha256);
  const wheels = [{ name: basename(wheel), sha256, checked: known ? byDigest : checked }];
  const metadata = await unpackWheel(wheel, into, { signal, onProgress });
  if (wheel.startsWith(scratch)) await rm(wheel);
  const gpu = isCudaBuild(await readFile(join(into, buildInfoPath), 'utf8').catch(() => ''));
  if (!options.gpu) return { gpu, source, wheels };
  if (!gpu) throw notForCuda(source);
  const libraries = await downloadWheels(cudaRequirements(metadata), await makeFolder(scratch, 'nvidia'), {
    platforms: gpuPlatforms(),
    scratch,
    signal,
    onProgress,
  });
  for (const library of libraries) {
    const sha256 = await hashFile(library, { signal });
    wheels.push({ name: basename(library), sha256, checked: byPip });
    await unpackWheel(library, into, { signal, onProgress });
    await rm(library);
  }
  return { gpu, source, wheels };
}

async function makeFolder(parent: string, name: string): Promise<string> {
  const folder = join(parent, name);
  await mkdir(folder, { recursive: true });
  return folder;
}

function gpuPlatforms(): string[] {
  const { glibc, arch } = thisMachine();
  return glibc === undefined ? [] : manylinuxTags(glibc, arch);
}

function notForCuda(source: string): Error {
  return new Error(`Cannot use ${source} with --gpu: it is not built for CUDA; leave out --gpu, or --from`);
}
