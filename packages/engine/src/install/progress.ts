/** Told in a few words what is being done; called often. */
export type Progress = (text: string) => void;

/** `12 of 48 MB`. */
export function megabytesOf(done: number, total: number): string {
  return `${Math.round(done / 1e6)} of ${Math.round(total / 1e6)} MB`;
}

/** `853 MB`, or kB below one megabyte. */
export function formatBytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${Math.round(bytes / 1e6)} MB`;
}
