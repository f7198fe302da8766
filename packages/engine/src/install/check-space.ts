import { statfs } from 'node:fs/promises';
import { formatBytes } from './progress.ts';

/** @throws {Error} if a folder's disk has less room than that. */
export async function checkSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < bytes) {
    throw new Error(
      `it takes ${formatBytes(bytes)} in ${folder}, where ${formatBytes(bavail * bsize)} are free; make room, or set LUNET_CACHE to a folder on another disk`,
    );
  }
}
