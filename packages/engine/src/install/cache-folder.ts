import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Absolute path of the folder that everything installed for the user goes to: `LUNET_CACHE` if set, else `lunet` in the platform's place for
 * caches.
 *
 * @example
 * ```ts
 * cacheFolder({ XDG_CACHE_HOME: '/home/ada/.cache' }); // '/home/ada/.cache/lunet' on Linux
 * ```
 */
export function cacheFolder(env: Environment = process.env): string {
  if (env.LUNET_CACHE) return resolve(env.LUNET_CACHE);
  if (process.platform === 'win32') {
    return join(env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'lunet', 'cache');
  }
  // The XDG base directory specification: a relative path is to be ignored.
  if (env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME)) return join(env.XDG_CACHE_HOME, 'lunet');
  const home = env.HOME || homedir();
  return process.platform === 'darwin'
    ? join(home, 'Library', 'Caches', 'lunet')
    : join(home, '.cache', 'lunet');
}
