/** Says of a full disk and of a folder that cannot be written what to do; other errors stay as they are. */
export function explainCacheError(error: unknown, action: string, cache: string): unknown {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code = '', path } = cause as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      const remedy = 'make room, or set LUNET_CACHE to a folder on another disk';
      return new Error(`${action}: the disk is full; ${remedy}`, { cause: error });
    }
    const inCache = path !== undefined && (path.startsWith(cache) || cache.startsWith(path));
    // A file system that is read-only answers ENOENT where folders are missing.
    if (inCache && ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOENT', 'EEXIST'].includes(code)) {
      const remedy = 'set LUNET_CACHE to a folder that you can write to';
      return new Error(`${action}: ${cause.message}; ${remedy}`, { cause: error });
    }
  }
  return error;
}
