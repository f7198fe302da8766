import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkSpace } from './check-space.ts';
import { filesUnder } from './list-files.ts';
import { megabytesOf, type Progress } from './progress.ts';
import { placeOfWheelFile } from './wheel-files.ts';
import { writeFlushed } from './write-flushed.ts';

interface CopyOptions {
  /** Whether NVIDIA's libraries beside it are wanted. */
  readonly gpu: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: Progress | undefined;
}

/** Copies from a `site-packages` folder what an installation needs, so that Python may change its own later. */
export async function copyTensorflow(
  sitePackages: string,
  into: string,
  { gpu, signal, onProgress }: CopyOptions,
): Promise<void> {
  const wanted: { source: string; place: string; bytes: number; executable: boolean }[] = [];
  for (const folder of gpu ? ['tensorflow', 'nvidia'] : ['tensorflow']) {
    for await (const file of filesUnder(sitePackages, folder)) {
      signal?.throwIfAborted();
      const place = placeOfWheelFile(file.path);
      if (place === undefined) continue;
      const source = join(sitePackages, file.path);
      const { mode } = await stat(source);
      wanted.push({ source, place, bytes: file.bytes, executable: (mode & 0o111) !== 0 });
    }
  }
  const total = wanted.reduce((sum, { bytes }) => sum + bytes, 0);
  await checkSpace(into, total);
  let done = 0;
  const onPiece = (piece: Buffer): void => {
    done += piece.length;
    onProgress?.(`Copying TensorFlow: ${megabytesOf(done, total)}`);
  };
  for (const { source, place, executable } of wanted) {
    const open = () => createReadStream(source, { highWaterMark: 1 << 20 });
    await writeFlushed(open, join(into, place), { executable, signal, onPiece });
  }
}
