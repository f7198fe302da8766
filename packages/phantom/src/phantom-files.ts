import { access, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

/** Where LUNA16 keeps its lung masks. */
const maskFolder = 'seg-lungs-LUNA16';

/** The headers of a scan and of its lung mask. */
export function headerPaths(root: string, fold: number, seriesUid: string): { scan: string; mask: string } {
  return {
    scan: path.join(root, `subset${fold}`, `${seriesUid}.mhd`),
    mask: path.join(root, maskFolder, `${seriesUid}.mhd`),
  };
}

function allPaths(root: string, fold: number, seriesUid: string): string[] {
  const { scan, mask } = headerPaths(root, fold, seriesUid);
  return [scan, scan.replace(/mhd$/, 'raw'), mask, mask.replace(/mhd$/, 'zraw')];
}

/** True if all files of a scan are there; each is put in place whole or not at all. */
export async function isOnDisk(root: string, fold: number, seriesUid: string): Promise<boolean> {
  const found = allPaths(root, fold, seriesUid).map((file) => access(file));
  return (await Promise.allSettled(found)).every(({ status }) => status === 'fulfilled');
}

export async function removeScan(root: string, fold: number, seriesUid: string): Promise<void> {
  for (const file of allPaths(root, fold, seriesUid)) await rm(file, { force: true });
}

/** What io calls a file while it is being written: `.<uuid>.<name>`, beside the name it will get. */
export function isLeftover(name: string): boolean {
  return /^\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\./.test(name);
}

/** Removes what a killed run was still writing. */
export async function removeLeftovers(root: string): Promise<void> {
  const folders = ['.', maskFolder, ...Array.from({ length: 10 }, (_, fold) => `subset${fold}`)];
  for (const folder of folders) {
    const names = await readdir(path.join(root, folder)).catch((): string[] => []);
    for (const name of names.filter(isLeftover)) await rm(path.join(root, folder, name), { force: true });
  }
}
