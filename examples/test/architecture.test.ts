import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** Who may import whom, of lunet's own packages; there are no other arrows, and no cycles. */
const allowed: Record<string, readonly string[]> = {
  io: [],
  masks: ['io'],
  patches: ['io', 'masks'],
  unet: [],
  losses: [],
  // By dynamic import, where it is installed.
  engine: ['onnx'],
  onnx: [],
  // Stacking neighbouring slices into an image is patches' (`fullSlice`); evaluate predicts with it.
  evaluate: ['io', 'masks', 'unet', 'engine', 'patches'],
  train: ['losses', 'patches', 'unet', 'engine', 'evaluate', 'io'],
  report: ['io'],
  phantom: ['io'],
  testing: [],
};

/** The root entries that a web page may import. */
const browserEntries = ['io', 'masks', 'patches', 'unet', 'losses', 'evaluate', 'report'];

const importPattern = /(?:from|import)\s*\(?\s*'([^']+)'/g;

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : path.endsWith('.ts') ? [path] : [];
  });
}

function importsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(importPattern)].map((match) => match[1]!);
}

/** Everything that an entry reaches by static imports, over package borders. */
function reachable(entry: string, seen: Map<string, string[]> = new Map()): Map<string, string[]> {
  if (seen.has(entry)) return seen;
  const text = readFileSync(entry, 'utf8')
    .replace(/^import type .*$/gm, '')
    .replace(/^export type .*$/gm, '');
  const imports = [...text.matchAll(/from\s+'([^']+)'/g)].map((match) => match[1]!);
  seen.set(entry, imports);
  for (const specifier of imports) {
    if (specifier.startsWith('.')) reachable(join(entry, '..', specifier), seen);
    const own = /^@lunet\/(\w+)(\/node)?$/.exec(specifier);
    if (own) reachable(join(root, 'packages', own[1]!, 'src', own[2] ? 'node.ts' : 'index.ts'), seen);
  }
  return seen;
}

describe('the import table', () => {
  const packages = readdirSync(join(root, 'packages'));

  it('names every package', () => {
    expect(packages.sort()).toEqual(Object.keys(allowed).sort());
  });

  it.each(packages)('@lunet/%s imports only what it may', (name) => {
    const imported = new Set(
      filesBelow(join(root, 'packages', name, 'src'))
        .flatMap(importsOf)
        .flatMap((specifier) => /^@lunet\/(\w+)/.exec(specifier)?.[1] ?? []),
    );
    expect([...imported].filter((other) => !allowed[name]!.includes(other))).toEqual([]);
  });

  it('has no cycle', () => {
    const visit = (name: string, path: readonly string[]): void => {
      expect(path, 'a cycle').not.toContain(name);
      for (const other of allowed[name]!) visit(other, [...path, name]);
    };
    for (const name of packages) visit(name, []);
  });
});

describe('what runs in a browser', () => {
  it.each(browserEntries)('@lunet/%s reaches no node: module from its root entry', (name) => {
    const reached = reachable(join(root, 'packages', name, 'src', 'index.ts'));
    const offending = [...reached].filter(([, imports]) =>
      imports.some((specifier) => specifier.startsWith('node:')),
    );
    expect(offending.map(([file]) => file.slice(root.length))).toEqual([]);
  });
});
