import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

/** The modules that a source file loads; types are erased. */
async function importsOf(file: URL): Promise<string[]> {
  const source = await readFile(file, 'utf8');
  const statements = source.matchAll(
    /^(?:import|export)\s(?!type\s)[^;]*?from\s*'([^']+)'|import\('([^']+)'\)/gm,
  );
  return [...statements].map((match) => match[1] ?? match[2]!);
}

async function walk(entry: string): Promise<{ files: Set<string>; packages: Set<string> }> {
  const files = new Set<string>();
  const packages = new Set<string>();
  const queue = [new URL(entry, import.meta.url)];
  for (let file = queue.pop(); file; file = queue.pop()) {
    if (files.has(file.href)) continue;
    files.add(file.href);
    for (const name of await importsOf(file)) {
      if (name.startsWith('.')) queue.push(new URL(name, file));
      else packages.add(name);
    }
  }
  return { files, packages };
}

describe('@lunet/io', () => {
  it('exports these names', async () => {
    expect(Object.keys(await import('../src/index.ts')).sort()).toEqual([
      'boxGeometry',
      'decodeMetaImage',
      'elementTypeOf',
      'elementTypes',
      'formatAnnotations',
      'formatCandidates',
      'formatMetaImageHeader',
      'formatPredictions',
      'identityDirection',
      'indexToWorld',
      'parseAnnotations',
      'parseCandidates',
      'parseCsv',
      'parseMetaImageHeader',
      'parsePredictions',
      'parseSeriesUids',
      'toVoxels',
      'worldToIndex',
    ]);
  });

  it('loads nothing of Node’s, so that it runs in a browser', async () => {
    const { files, packages } = await walk('../src/index.ts');
    expect(files.size).toBeGreaterThan(8);
    expect([...packages].sort()).toEqual(['ndarray', 'papaparse']);
  });
});

describe('@lunet/io/node', () => {
  it('exports these names', async () => {
    expect(Object.keys(await import('../src/node.ts')).sort()).toEqual([
      'MetaImageFile',
      'openLuna16',
      'openMetaImage',
      'readMetaImageHeader',
      'readVolume',
      'replaceFile',
      'splitByFold',
      'splitByStride',
      'writeVolume',
    ]);
  });

  it('loads itk-wasm from one place', async () => {
    const { files, packages } = await walk('../src/node.ts');
    expect([...packages].filter((name) => name.includes('itk-wasm')).sort()).toEqual([
      '@itk-wasm/dicom',
      '@itk-wasm/image-io',
    ]);
    const loaders: string[] = [];
    for (const file of files) {
      if ((await importsOf(new URL(file))).some((name) => name.includes('itk-wasm'))) loaders.push(file);
    }
    expect(loaders.map((file) => file.split('/').at(-1))).toEqual(['itk.ts']);
  });
});
