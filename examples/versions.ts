import { readFile } from 'node:fs/promises';

/** What a run was made with, for its config.json. */
export async function versions(): Promise<Record<string, string>> {
  const entries = ['@lunet/train', '@lunet/unet', '@tensorflow/tfjs-core'].map(async (name) => {
    const json = JSON.parse(await readFile(new URL(import.meta.resolve(`${name}/package.json`)), 'utf8'));
    return [name, json.version] as const;
  });
  return { node: process.versions.node, ...Object.fromEntries(await Promise.all(entries)) };
}
