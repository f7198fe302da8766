import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, openSync, readFileSync } from 'node:fs';

/**
 * Makes the next read of files come from the disk.
 *
 * Node cannot ask for that; GNU's dd can (posix_fadvise), without being root.
 *
 * @returns false where there is no such dd: then the files stay in the page cache.
 */
export function dropFromPageCache(files: readonly string[]): boolean {
  for (const file of files) {
    // Pages that wait to be written would stay.
    const descriptor = openSync(file, 'r+');
    fsyncSync(descriptor);
    closeSync(descriptor);
    try {
      execFileSync('dd', [`if=${file}`, 'iflag=nocache', 'count=0', 'status=none'], { stdio: 'ignore' });
    } catch {
      return false;
    }
  }
  return true;
}

/** Bytes that a process has read so far: those it asked for, and those of them that came from the disk. */
export interface BytesRead {
  readonly asked: number;
  readonly fromDisk: number;
}

/** What this process has read, all threads; undefined where the system does not count it (it is Linux that does). */
export function bytesRead(): BytesRead | undefined {
  try {
    const counts = readFileSync('/proc/self/io', 'utf8');
    const count = (name: string): number => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(counts)?.[1]);
    return { asked: count('rchar'), fromDisk: count('read_bytes') };
  } catch {
    return undefined;
  }
}
