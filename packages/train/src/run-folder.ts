import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Luna16Scan, replaceFile } from '@lunet/io/node';
import { saveSafetensors } from '@lunet/unet';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { newestCheckpoint, saveCheckpoint } from './checkpoint-folder.ts';
import { EventFile } from './event-file.ts';
import { cutLogs, logSizes, removeTemporaries } from './logs.ts';
import { drawOverlay, encodePng, type OverlaySlice } from './overlay.ts';
import type { TrainState } from './train-state.ts';

/** A run that goes on. */
export interface ResumedRun {
  readonly run: RunFolder;
  /** What `train` goes on from; undefined if the run ended before its first checkpoint, so that it begins anew. */
  readonly state: TrainState | undefined;
  /** What is wrong with checkpoints newer than that: a message each. */
  readonly problems: readonly string[];
}

/**
 * A run's folder: what was trained, how, and what came out.
 *
 * ```text
 * config.json                     settings, seed, versions, engine, data fingerprint
 * metrics.jsonl                   one JSON object a line: every step and every validation
 * latest.safetensors              the weights of the last validation (or end)
 * best.safetensors                the weights with the best recall-first score
 * checkpoints/000120.safetensors  all that training goes on from; the last two are kept
 * events.out.tfevents.…           the same for TensorBoard, with overlays
 * overlays/000120/<uid>-z042.png  predictions over their slices
 * ```
 */
export class RunFolder {
  readonly path: string;
  readonly #metrics: FileHandle;
  readonly #events: EventFile;

  private constructor(path: string, metrics: FileHandle, events: EventFile) {
    this.path = path;
    this.#metrics = metrics;
    this.#events = events;
  }

  /**
   * Creates the folder and writes its config.json.
   *
   * @throws {Error} if the folder holds a run already: a run is never overwritten.
   */
  static async create(path: string, config: Readonly<Record<string, unknown>>): Promise<RunFolder> {
    const configPath = join(path, 'config.json');
    if (await exists(configPath)) {
      throw new Error(
        `Cannot start a run in ${path}: it holds one already. Give another folder, or delete this one`,
      );
    }
    await mkdir(path, { recursive: true });
    await write(configPath, `${JSON.stringify(config, null, 2)}\n`);
    return new RunFolder(path, await open(join(path, 'metrics.jsonl'), 'a'), await EventFile.create(path));
  }

  /**
   * Opens the folder of a run that ended or was killed, to go on from its newest checkpoint that can be read.
   *
   * What was logged after that checkpoint is removed, and so are the checkpoints that cannot be read and files that were
   * half written. No other process may be writing to the folder.
   *
   * @throws {Error} if the folder holds no run, or checkpoints of which none can be read; nothing is changed then.
   */
  static async resume(path: string): Promise<ResumedRun> {
    if (!(await exists(join(path, 'config.json')))) {
      throw new Error(`Cannot resume ${path}: it holds no run; config.json is missing`);
    }
    const { checkpoint, broken } = await newestCheckpoint(join(path, checkpoints));
    await removeTemporaries([path, join(path, checkpoints)]);
    await cutLogs(path, checkpoint?.logs ?? {});
    for (const { path } of broken) await rm(path);
    const run = new RunFolder(
      path,
      await open(join(path, 'metrics.jsonl'), 'a'),
      await EventFile.create(path),
    );
    const state = checkpoint?.state;
    await run.#events.restart((state?.step ?? 0) + 1);
    return { run, state, problems: broken.map((one) => `Cannot read ${one.path}: ${one.message}`) };
  }

  /** Appends a line to metrics.jsonl and its numbers to TensorBoard under `<kind>/<name>`. */
  async log(
    kind: string,
    step: number,
    values: Readonly<Record<string, number>>,
    details: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    const line = `${JSON.stringify({ kind, step, ...values, ...details })}\n`;
    await naming(join(this.path, 'metrics.jsonl'), this.#metrics.appendFile(line));
    const tagged = Object.entries(values).map(([name, value]) => [`${kind}/${name}`, value]);
    await naming(this.#events.path, this.#events.scalars(step, Object.fromEntries(tagged)));
  }

  /** Writes overlays as PNG files and as TensorBoard images. */
  async overlays(step: number, slices: readonly (OverlaySlice & { readonly name: string })[]): Promise<void> {
    if (slices.length === 0) return;
    const folder = join(this.path, 'overlays', String(step).padStart(6, '0'));
    await mkdir(folder, { recursive: true });
    for (const slice of slices) {
      const picture = drawOverlay(slice);
      const png = encodePng(picture);
      await write(join(folder, `${slice.name}.png`), png);
      const { width, height } = picture;
      await naming(this.#events.path, this.#events.image(step, slice.name, { width, height, png }));
    }
  }

  /** Writes a checkpoint to go on from, whole or not at all; the last two are kept. */
  async save(state: TrainState): Promise<void> {
    // Else a crash of the machine could leave a checkpoint whose logs are lost.
    await naming(join(this.path, 'metrics.jsonl'), this.#metrics.sync());
    await naming(this.#events.path, this.#events.sync());
    await saveCheckpoint(join(this.path, checkpoints), { state, logs: await logSizes(this.path) });
  }

  /** Writes the model's weights under a name, whole or not at all. */
  async checkpoint(
    name: 'latest' | 'best',
    model: LayersModel,
    metadata: Readonly<Record<string, string>>,
  ): Promise<void> {
    await write(join(this.path, `${name}.safetensors`), saveSafetensors(model, metadata));
  }

  async close(): Promise<void> {
    await this.#metrics.close();
    await this.#events.close();
  }
}

/** Folder of the checkpoints within a run's. */
const checkpoints = 'checkpoints';

/**
 * Reads the config.json of a run.
 *
 * @throws {Error} if there is none.
 * @throws {SyntaxError} if it is not a JSON object.
 */
export async function readRunConfig(path: string): Promise<Record<string, unknown>> {
  const file = join(path, 'config.json');
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new Error(`Cannot read run ${path}: ${cause.message}`, { cause });
  });
  try {
    const config: unknown = JSON.parse(text);
    if (typeof config !== 'object' || config === null) throw new TypeError('it is not a JSON object');
    return config as Record<string, unknown>;
  } catch (cause) {
    throw new SyntaxError(`Cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * SHA-256 over what training takes from a list of scans: series UIDs, geometries and nodules, in their order.
 *
 * The voxels are not read.
 */
export function fingerprintScans(
  scans: readonly Pick<Luna16Scan, 'seriesUid' | 'geometry' | 'nodules'>[],
): string {
  const hash = createHash('sha256');
  for (const { seriesUid, geometry, nodules } of scans) {
    hash.update(JSON.stringify([seriesUid, geometry, nodules]));
  }
  return hash.digest('hex');
}

/** Says which file could not be appended to: an open file's own errors do not. */
async function naming(path: string, written: Promise<void>): Promise<void> {
  try {
    await written;
  } catch (cause) {
    throw new Error(`Cannot write ${path}: ${(cause as Error).message}`, { cause });
  }
}

/** Writes a file whole or not at all. */
async function write(path: string, data: string | Uint8Array): Promise<void> {
  await replaceFile(path, (temporary) => writeFile(temporary, data));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
