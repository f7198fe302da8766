import { randomUUID } from 'node:crypto';
import { open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** Who holds a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
  readonly id: string;
}

interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told once, if another process holds the lock. */
  readonly onWait?: (holder: string) => void;
  readonly pollMilliseconds?: number;
}

const beatMilliseconds = 5000;
/** A holder that cannot be asked (another machine, or a process number used again) is dead after this long without a beat. */
const deadMilliseconds = 60_000;
/** Between making the file and writing the holder's name into it. */
const writingMilliseconds = 5000;
/** Between finding that a holder is dead and removing its lock, at most. */
const settleMilliseconds = 50;

/**
 * Waits for a lock file, runs `work` while holding it, and removes it.
 *
 * A lock that its holder left (`kill -9`) is taken over: at once if that process is gone, else when the file has not been
 * touched for a minute.
 */
export async function holdLock<T>(
  file: string,
  work: () => Promise<T>,
  { signal, onWait, pollMilliseconds = 500 }: LockOptions = {},
): Promise<T> {
  const holder: Holder = {
    pid: process.pid,
    host: hostname(),
    since: new Date().toISOString(),
    id: randomUUID(),
  };
  const own = JSON.stringify(holder);
  let told = false;
  let tookOver = false;
  while (!(await writeUnlessThere(file, own)) || (tookOver && !(await isSettled(file, own)))) {
    signal?.throwIfAborted();
    const other = await livingHolder(file);
    if (other === undefined) {
      await rm(file, { force: true });
      tookOver = true;
      continue;
    }
    if (!told) onWait?.(other);
    told = true;
    await sleep(pollMilliseconds, undefined, { signal });
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => {});
  }, beatMilliseconds);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    // Another process may have taken over while this one was stopped for long, as a laptop that sleeps.
    if (await isStill(file, own)) await rm(file, { force: true });
  }
}

async function writeUnlessThere(file: string, text: string): Promise<boolean> {
  const handle = await open(file, 'wx').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  if (handle === undefined) return false;
  try {
    await handle.writeFile(text);
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return true;
}

/** Whether no other process that saw the same dead holder has removed our lock for his. */
async function isSettled(file: string, own: string): Promise<boolean> {
  await sleep(settleMilliseconds);
  return isStill(file, own);
}

/** Whether the lock is still ours. */
async function isStill(file: string, own: string): Promise<boolean> {
  return own === (await readFile(file, 'utf8').catch(() => undefined));
}

async function livingHolder(file: string): Promise<string | undefined> {
  try {
    const { mtimeMs } = await stat(file);
    const age = Date.now() - mtimeMs;
    const text = await readFile(file, 'utf8');
    if (age < writingMilliseconds && text === '') return 'a process that is just beginning';
    const { pid, host, since } = JSON.parse(text) as Holder;
    const dead = age > deadMilliseconds || (host === hostname() && !isRunning(pid));
    return dead ? undefined : `process ${pid} on ${host}, since ${since}`;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
