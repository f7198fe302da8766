import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, type Environment } from './cache-folder.ts';
import { type Manifest, manifestName, parseManifest } from './manifest.ts';

/** The TensorFlow that `lunet-engine install` put into the cache folder. */
export interface InstalledTensorflow {
  readonly folder: string;
  /** Path of the compiled `tfjs_binding.node`; it finds its libraries by itself. */
  readonly binding: string;
  /** Path of tfjs-node's package folder, with its `dist/`. */
  readonly package: string;
  /** TensorFlow's version. */
  readonly version: string;
  /** Whether this TensorFlow was built for CUDA. */
  readonly gpu: boolean;
}

/** Folder of the installation for this platform. */
export function tensorflowFolder(env?: Environment): string {
  return join(cacheFolder(env), `tensorflow-${process.platform}-${process.arch}`);
}

/**
 * The complete installation in the cache folder, or undefined if there is none. Nothing is loaded.
 *
 * @throws {Error} if files of it are missing, cut short or unreadable; the message says how to mend it.
 */
export async function installedTensorflow(env?: Environment): Promise<InstalledTensorflow | undefined> {
  const folder = tensorflowFolder(env);
  const manifest = await readManifest(folder);
  return manifest && describeInstallation(folder, manifest);
}

/** The manifest of a complete installation, or undefined if the folder has none. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  try {
    const text = await readFile(join(folder, manifestName), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
      throw error;
    });
    if (text === undefined) return undefined;
    const manifest = parseManifest(text);
    for (const { path, bytes } of manifest.files) {
      const { size } = await stat(join(folder, path));
      if (size !== bytes) throw new Error(`${path} has ${size} bytes, expected ${bytes}`);
    }
    return manifest;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `Cannot use the TensorFlow in ${folder}: ${reason}; run "npx lunet-engine install" again`,
      { cause },
    );
  }
}

/** The public view of an installation. */
export function describeInstallation(folder: string, manifest: Manifest): InstalledTensorflow {
  return {
    folder,
    binding: join(folder, manifest.binding),
    package: join(folder, manifest.package),
    version: manifest.tensorflow.version,
    gpu: manifest.tensorflow.gpu,
  };
}
