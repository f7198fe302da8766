import { existsSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runProgram } from './run-program.ts';
import { buildInfoPath, includePath, isCudaBuild, libraryNames } from './wheel-files.ts';

/** A TensorFlow that Python's installer unpacked. */
export interface TensorflowFolder {
  /** The folder that holds `tensorflow` and, for CUDA, `nvidia`. */
  readonly sitePackages: string;
  readonly gpu: boolean;
}

/**
 * Reads what `site-packages/tensorflow`, or the folder around it, holds.
 *
 * @throws {Error} if the C library or its headers are not there.
 */
export async function readTensorflowFolder(folder: string): Promise<TensorflowFolder> {
  const inside = existsSync(join(folder, libraryNames[0]));
  const sitePackages = inside ? dirname(await realpath(folder)) : folder;
  const needed = [
    ...libraryNames.map((name) => `tensorflow/${name}`),
    `${includePath}/tensorflow/c/eager/c_api.h`,
  ];
  const missing = needed.find((path) => !existsSync(join(sitePackages, path)));
  if (missing !== undefined) {
    throw new Error(
      `Cannot use ${folder}: it has no ${missing}; expected site-packages/tensorflow of a TensorFlow from 2.13 on`,
    );
  }
  const buildInfo = await readFile(join(sitePackages, buildInfoPath), 'utf8').catch(() => '');
  return { sitePackages, gpu: isCudaBuild(buildInfo) };
}

/** Folder of the `tensorflow` that `python3` would import; it is not imported. */
export async function pythonsTensorflow(signal?: AbortSignal): Promise<string | undefined> {
  const find =
    "import importlib.util as u; s = u.find_spec('tensorflow'); print(s.origin if s and s.origin else '')";
  const ended = await runProgram('python3', ['-c', find], { signal });
  const origin = ended?.code === 0 ? ended.stdout.trim() : '';
  return origin === '' ? undefined : dirname(origin);
}
