import { readFile } from 'node:fs/promises';

/** The versions of Node and of some packages, for the record of what something was made with. */
export async function versions(
  packages: readonly string[] = ['@lunet/train', '@lunet/unet', '@tensorflow/tfjs-core'],
): Promise<Record<string, string>> {
  const entries = packages.map(async (name) => {
    const json = JSON.parse(await readFile(new URL(import.meta.resolve(`${name}/package.json`)), 'utf8'));
    return [name, json.version] as const;
  });
  return { node: process.versions.node, ...Object.fromEntries(await Promise.all(entries)) };
}
