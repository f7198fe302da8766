import { stat } from 'node:fs/promises';
import type { TensorflowSource } from './obtain-tensorflow.ts';
import { pinnedWheels } from './pinned.ts';
import { pythonsTensorflow, readTensorflowFolder } from './tensorflow-folder.ts';

interface SourceOptions {
  readonly gpu: boolean;
  readonly from: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** The TensorFlow that `--from` names, else python3's own if it fits, then a download. */
export async function findSources({ gpu, from, signal }: SourceOptions): Promise<TensorflowSource[]> {
  if (from !== undefined) {
    const found = await stat(from).catch((cause: Error) => {
      throw new Error(`Cannot install from ${from}: ${cause.message}`, { cause });
    });
    return [{ kind: found.isDirectory() ? 'folder' : 'wheel', path: from }];
  }
  const sources: TensorflowSource[] = [];
  const path = await pythonsTensorflow(signal);
  if (path !== undefined) {
    const fits = await readTensorflowFolder(path).then(
      (found) => found.gpu || !gpu,
      () => false,
    );
    if (fits) sources.push({ kind: 'folder', path });
  }
  const pinned = pinnedWheels[platformName()];
  if (pinned !== undefined) sources.push({ kind: 'download', pinned: gpu ? undefined : pinned });
  return sources;
}

/** What to say where there is none. */
export function noSource(gpu: boolean): string {
  const package_ = gpu ? 'tensorflow[and-cuda]' : 'tensorflow';
  return `Cannot fetch TensorFlow for ${platformName()}: only the wheels of ${Object.keys(pinnedWheels).join(', ')} have a known digest; run "python3 -m pip install ${package_}" and then this again, or name a wheel with --from`;
}

function platformName(): string {
  return `${process.platform}-${process.arch}`;
}
