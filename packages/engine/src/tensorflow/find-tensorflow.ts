import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { resolveInstalled } from '../import-installed.ts';
import { installedTensorflow } from '../install/installed-tensorflow.ts';

/** A native TensorFlow on this machine, not loaded yet. */
export interface TensorflowFiles {
  /** What it is and where, for people. */
  readonly source: string;
  /** Path of tfjs_binding.node. */
  readonly binding: string;
  /** Folder of the tfjs-node package, with its dist/. */
  readonly package: string;
  /** Whether it was built to compute on a GPU. */
  readonly gpu: boolean;
  /** What to do if it does not load. */
  readonly remedy: string;
}

/** The stock packages, in the order in which they are tried. */
const stockPackages = [
  { name: '@tensorflow/tfjs-node-gpu', gpu: true },
  { name: '@tensorflow/tfjs-node', gpu: false },
] as const;

/** The places in which a native TensorFlow may be: `files` throws if it is there but not whole, and says why. */
export const tensorflowSources: readonly { files(): Promise<TensorflowFiles | undefined> }[] = [
  ...stockPackages.map(({ name, gpu }) => ({ files: async () => stockTensorflow(name, gpu) })),
  { files: cachedTensorflow },
];

/** tfjs-node as npm installs it, from wherever the user installed it. */
function stockTensorflow(name: string, gpu: boolean): TensorflowFiles | undefined {
  const manifest = resolveInstalled(`${name}/package.json`);
  if (manifest === undefined) return undefined;
  const folder = dirname(manifest);
  const remedy = `run "npm rebuild ${name}", or remove it and run "npx lunet-engine install"`;
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  if (version !== '4.22.0') {
    throw new Error(`${name} ${version} is installed, and only 4.22.0 fits: npm install ${name}@4.22.0`);
  }
  const lib = join(folder, 'lib');
  // One folder per version of Node's native interface, as in "napi-v8".
  const versions = existsSync(lib) ? readdirSync(lib).filter((entry) => entry.startsWith('napi-v')) : [];
  const binding = versions.map((entry) => join(lib, entry, 'tfjs_binding.node')).find(existsSync);
  if (binding === undefined) {
    throw new Error(
      `${name} is installed without its binding (${join(lib, 'napi-v8', 'tfjs_binding.node')}): its install script did not finish; ${remedy}`,
    );
  }
  return { source: `${name} ${version} in ${folder}`, binding, package: folder, gpu, remedy };
}

/** What `lunet-engine install` made. */
async function cachedTensorflow(): Promise<TensorflowFiles | undefined> {
  const installed = await installedTensorflow();
  if (installed === undefined) return undefined;
  const { folder, gpu } = installed;
  return {
    source: `TensorFlow ${installed.version} in ${folder}`,
    binding: installed.binding,
    package: installed.package,
    gpu,
    remedy: `run "npx lunet-engine uninstall", then "npx lunet-engine install${gpu ? ' --gpu' : ''}"`,
  };
}
