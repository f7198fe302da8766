import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import type { BackendName } from './spec-result.ts';

const core = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-core/package.json'));

// What specs and emscripten's loader use of CommonJS.
const commonJsGlobals = [
  "import { createRequire as lunetRequire } from 'node:module';",
  'const require = lunetRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname;',
].join('\n');

/** tfjs-core's compiled spec files, from `dist/` on, without extension, as its own `tests.js` lists them. */
export async function listSpecFiles(): Promise<string[]> {
  const files: string[] = [];
  await build({
    entryPoints: [join(core, 'dist/tests.js')],
    bundle: true,
    write: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'list',
        setup({ onResolve }) {
          onResolve({ filter: /_test$/ }, ({ path, resolveDir }) => {
            files.push(relative(join(core, 'dist'), join(resolveDir, path)).replaceAll('\\', '/'));
            return { path, external: true };
          });
        },
      },
    ],
  });
  return files;
}

/**
 * Bundles the worker, a backend and spec files into `folder`, as modules that share one tfjs-core.
 *
 * Node alone cannot load the specs: they are modules that neither say so nor name their imports' extensions, and what
 * `import '@tensorflow/tfjs-core'` gives in Node is another copy of the library, with other classes and registries.
 */
export async function bundleSpecs(
  backend: BackendName,
  files: readonly string[],
  folder: string,
): Promise<void> {
  await build({
    entryPoints: [
      { in: join(import.meta.dirname, 'worker.ts'), out: 'worker' },
      { in: join(import.meta.dirname, 'backends', `${backend}.ts`), out: 'backend' },
      ...files.map((file) => ({ in: join(core, 'dist', `${file}.js`), out: `specs/${file}` })),
    ],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    conditions: ['@lunet/source', 'module'],
    external: ['onnxruntime-node', 'jasmine-core', 'jasmine-core/*'],
    sourcemap: true,
    sourcesContent: false,
    banner: { js: commonJsGlobals },
    logLevel: 'error',
  });
}
