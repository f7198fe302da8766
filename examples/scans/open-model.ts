import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A model's weights, not yet loaded, and the run that they come from. */
export interface ModelFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Of the bytes. */
  readonly sha256: string;
  /** Where results of the model go unless told otherwise. */
  readonly folder: string;
  readonly run: RunRecord | undefined;
}

/** What a run's config.json says about the scans that it saw. */
export interface RunRecord {
  readonly fold: number | 'stride' | 'none';
  readonly validationScans: readonly string[];
  /** Series UIDs; undefined where an older version wrote config.json. */
  readonly trainingScans?: readonly string[] | undefined;
  /** `fingerprintScans` of the training scans. */
  readonly training: string;
}

/**
 * Opens the weights of a run folder, its best ones, or a `.safetensors` file, with the config.json beside them.
 *
 * @throws {Error} if there are no weights.
 * @throws {SyntaxError} if config.json is not a run's.
 */
export async function openModel(path: string): Promise<ModelFile> {
  const stats = await stat(path).catch((cause: Error) => {
    throw new Error(`Cannot open model ${path}: ${cause.message}`, { cause });
  });
  const folder = stats.isDirectory() ? path : dirname(path);
  const files = stats.isDirectory()
    ? ['best', 'latest'].map((name) => join(path, `${name}.safetensors`))
    : [path];
  for (const file of files) {
    const bytes = await readIfThere(file);
    if (bytes === undefined) continue;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { path: file, bytes, sha256, folder, run: await readRun(join(folder, 'config.json')) };
  }
  throw new Error(
    `Cannot open model ${path}: it holds neither best.safetensors nor latest.safetensors; give a run folder of pnpm train`,
  );
}

async function readRun(file: string): Promise<RunRecord | undefined> {
  const bytes = await readIfThere(file);
  if (bytes === undefined) return undefined;
  try {
    const { options, data, validationScans, trainingScans } = JSON.parse(new TextDecoder().decode(bytes));
    if (!isListOfNames(validationScans) || typeof data?.training !== 'string')
      throw new TypeError('it names no validationScans');
    if (trainingScans !== undefined && !isListOfNames(trainingScans))
      throw new TypeError('its trainingScans are no list of series UIDs');
    return { fold: options?.fold, validationScans, trainingScans, training: data.training };
  } catch (cause) {
    throw new SyntaxError(`Cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
}

function isListOfNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
