import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Environment } from './cache-folder.ts';
import { explainCacheError } from './explain-cache-error.ts';
import { holdLock } from './hold-lock.ts';
import { tensorflowFolder } from './installed-tensorflow.ts';
import { folderBytes } from './list-files.ts';
import { discardFolder, sweepPartials } from './partial-folder.ts';

/**
 * Removes what `install` made and what interrupted ones left, and says how much that frees; undefined if there is nothing.
 *
 * Programs that have it loaded go on.
 */
export async function uninstall(env: Environment = process.env): Promise<{ freedBytes: number } | undefined> {
  const folder = tensorflowFolder(env);
  if (!existsSync(dirname(folder))) return undefined;
  try {
    return await holdLock(`${folder}.lock`, async () => {
      const bytes = await folderBytes(folder);
      const there = await discardFolder(folder);
      const freedBytes = bytes + (await sweepPartials(folder));
      return there || freedBytes > 0 ? { freedBytes } : undefined;
    });
  } catch (error) {
    throw explainCacheError(error, `Cannot remove ${folder}`, dirname(folder));
  }
}
