import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** Writes a file under a temporary name beside it, flushes it to disk and renames it: a crash leaves old or new. */
export async function writeAtomically(file: string, parts: readonly Uint8Array[]): Promise<void> {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}`);
  try {
    const handle = await open(temporary, 'wx');
    try {
      for (const part of parts) await writeAll(handle, part);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new Error(`Cannot write ${file}: ${(cause as Error).message}`, { cause });
  }
}

const blockBytes = 1 << 26;

/** One write takes less than 2 GiB. */
async function writeAll(handle: Awaited<ReturnType<typeof open>>, bytes: Uint8Array): Promise<void> {
  for (let start = 0; start < bytes.length; start += blockBytes) {
    await handle.writeFile(bytes.subarray(start, start + blockBytes));
  }
}
