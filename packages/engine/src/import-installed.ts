import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A package that the user may have installed, or undefined; an installed one that fails to load throws. */
export async function importInstalled<T>(name: string): Promise<T | undefined> {
  try {
    return (await import(name)) as T;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND' || !message.includes(`'${name}'`)) throw error;
  }
  const path = resolveInstalled(name);
  return path === undefined ? undefined : ((await import(pathToFileURL(path).href)) as T);
}

/**
 * Path of a module or of a package's file, or undefined.
 *
 * Searched from here, then from the program that runs and from the working directory: package managers such as pnpm
 * hide from a library what its user has installed beside it.
 */
export function resolveInstalled(request: string): string | undefined {
  const here = join(process.cwd(), 'index.js');
  for (const from of [import.meta.url, process.argv[1], here]) {
    try {
      if (from !== undefined) return createRequire(from).resolve(request);
    } catch {
      // Not there.
    }
  }
  return undefined;
}
