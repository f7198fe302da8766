import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { buildInstallation, realSteps, type Steps } from './build-installation.ts';
import type { Environment } from './cache-folder.ts';
import { checkPlatform, thisMachine } from './check-platform.ts';
import { explainCacheError } from './explain-cache-error.ts';
import { findSources, noSource } from './find-sources.ts';
import { hashFile } from './hash-file.ts';
import { holdLock } from './hold-lock.ts';
import {
  describeInstallation,
  type InstalledTensorflow,
  readManifest,
  tensorflowFolder,
} from './installed-tensorflow.ts';
import { folderBytes } from './list-files.ts';
import type { Manifest } from './manifest.ts';
import { makePartial, replaceFolder, sweepPartials } from './partial-folder.ts';
import { formatBytes, type Progress } from './progress.ts';

/** What to install, and how to be told. */
export interface InstallOptions {
  /** Whether TensorFlow is to be the CUDA build, with NVIDIA's libraries; default false. */
  readonly gpu?: boolean;
  /** A wheel of TensorFlow, or a `site-packages` folder that holds it; default what `python3` has, else a download. */
  readonly from?: string;
  readonly env?: Environment;
  readonly signal?: AbortSignal;
  readonly onProgress?: Progress;
}

/** An installation, and what was done for it. */
export interface Installation extends InstalledTensorflow {
  /** Bytes on disk. */
  readonly bytes: number;
  /** Whether there was nothing to do. */
  readonly already: boolean;
  /** What was done, a line each. */
  readonly did: readonly string[];
}

/**
 * Puts native TensorFlow into the cache folder, unless it is there: obtains its C library, compiles tfjs-node's binding
 * against it and trains one step with both.
 *
 * All is made in a folder beside the installation's, which is renamed at the end: whatever stops it, there is either a
 * whole installation or none. Of two at once, the second waits.
 *
 * @throws {Error} whose message says what is missing and how to get it; and the reason of `signal`.
 */
export async function install(
  { gpu = false, from, env = process.env, signal, onProgress }: InstallOptions = {},
  steps: Partial<Steps> = {},
): Promise<Installation> {
  checkPlatform(thisMachine());
  const folder = tensorflowFolder(env);
  const asked = from === undefined ? undefined : resolve(from);
  const onWait = (holder: string): void =>
    onProgress?.(`Waiting for another install (${holder}); its lock is ${folder}.lock`);
  try {
    // Without the lock: the cache may be one that others filled and this user cannot write to.
    const found = await wholeManifest([]);
    if (found !== undefined) return { ...(await describe(found)), already: true, did: [] };
    await mkdir(dirname(folder), { recursive: true });
    return await holdLock(`${folder}.lock`, installLocked, { signal, onWait });
  } catch (error) {
    signal?.throwIfAborted();
    throw explainCacheError(error, `Cannot install into ${dirname(folder)}`, dirname(folder));
  }

  async function installLocked(): Promise<Installation> {
    const did: string[] = [];
    const swept = await sweepPartials(folder);
    if (swept > 0) did.push(`removed what an interrupted install had left (${formatBytes(swept)})`);
    const before = await wholeManifest(did);
    if (before !== undefined) return { ...(await describe(before)), already: true, did };
    const options = { gpu, from: asked, env, signal, onProgress, steps: { ...realSteps, ...steps } };
    const sources = await findSources({ gpu, from: asked, signal });
    for (const [index, source] of sources.entries()) {
      const partial = await makePartial(folder);
      try {
        const built = await buildInstallation(partial, source, options);
        await replaceFolder(folder, partial);
        return { ...(await describe(built.manifest)), already: false, did: [...did, ...built.did] };
      } catch (error) {
        signal?.throwIfAborted();
        if (index === sources.length - 1) throw error;
        did.push(`passed over python3's TensorFlow: ${(error as Error).message}`);
      } finally {
        // Not only this one: a program that outlived a killed install may have made that one's folder again.
        await sweepPartials(folder);
      }
    }
    throw new Error(noSource(gpu));
  }

  /** The manifest of what is asked for, if every file of it has its digest. */
  async function wholeManifest(did: string[]): Promise<Manifest | undefined> {
    try {
      const manifest = await readManifest(folder);
      if (manifest === undefined || !satisfies(manifest, gpu, asked)) return undefined;
      onProgress?.('Checking what is installed');
      for (const { path, sha256 } of manifest.files) {
        const found = await hashFile(join(folder, path), { signal });
        if (found !== sha256) throw new Error(`${path} has the SHA-256 ${found}, expected ${sha256}`);
      }
      return manifest;
    } catch (error) {
      signal?.throwIfAborted();
      did.push(`replaced a damaged installation: ${(error as Error).message}`);
      return undefined;
    }
  }

  async function describe(manifest: Manifest): Promise<InstalledTensorflow & { bytes: number }> {
    return { ...describeInstallation(folder, manifest), bytes: await folderBytes(folder) };
  }
}

/** An installation for CUDA also computes on the CPU. */
function satisfies({ tensorflow, from }: Manifest, gpu: boolean, asked: string | undefined): boolean {
  return (tensorflow.gpu || !gpu) && (asked === undefined || asked === from);
}
