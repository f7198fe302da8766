import { folderBytes } from './list-files.ts';

/** Tells, every second until `stop`, how many bytes of files a folder holds. */
export function watchFolder(folder: string, onBytes: (bytes: number) => void): { stop(): void } {
  const timer = setInterval(() => {
    folderBytes(folder).then(onBytes, () => {});
  }, 1000);
  return { stop: () => clearInterval(timer) };
}
