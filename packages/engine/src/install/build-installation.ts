import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bindingPath, compileBinding, findCompiler, packagePath } from './compile-binding.ts';
import { hashFile } from './hash-file.ts';
import { filesUnder } from './list-files.ts';
import { type InstalledFile, type Manifest, manifestName } from './manifest.ts';
import { obtainTensorflow, type TensorflowSource } from './obtain-tensorflow.ts';
import { obtainTfjsNode } from './obtain-tfjs-node.ts';
import { tfjsNode } from './pinned.ts';
import { formatBytes, type Progress } from './progress.ts';
import { verify } from './verify.ts';
import { includePath } from './wheel-files.ts';

/** The steps that tests put others in the place of. */
export interface Steps {
  readonly obtainTfjsNode: typeof obtainTfjsNode;
  readonly verify: typeof verify;
}

export const realSteps: Steps = { obtainTfjsNode, verify };

interface BuildOptions {
  readonly gpu: boolean;
  readonly from: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: Progress | undefined;
  readonly steps: Steps;
}

/** Makes an installation in an empty folder, its manifest last; returns that and what was done. */
export async function buildInstallation(
  folder: string,
  source: TensorflowSource,
  { gpu, from, env, signal, onProgress, steps }: BuildOptions,
): Promise<{ manifest: Manifest; did: string[] }> {
  const scratch = join(folder, 'scratch');
  await mkdir(scratch);
  const common = { scratch, signal, onProgress };
  // What is quick to fail comes before the large download.
  const compiler = await findCompiler(env, signal);
  const kernels = await steps.obtainTfjsNode(join(folder, packagePath), common);
  const obtained = await obtainTensorflow(source, folder, { gpu, ...common });
  await compileBinding(folder, compiler, common);
  for (const path of [scratch, join(folder, includePath)]) await rm(path, { recursive: true });
  onProgress?.('Training one step');
  const trained = await steps.verify(join(folder, bindingPath), join(folder, packagePath), signal);
  onProgress?.('Taking digests of what was installed');
  const files: InstalledFile[] = [];
  for await (const { path, bytes } of filesUnder(folder)) {
    files.push({ path, bytes, sha256: await hashFile(join(folder, path), { signal }) });
  }
  const manifest: Manifest = {
    format: 1,
    installed: new Date().toISOString(),
    tensorflow: { version: trained.version, gpu: obtained.gpu, source: obtained.source },
    tfjsNode: { version: tfjsNode.version, source: kernels },
    compiler: compiler.version,
    binding: bindingPath,
    package: packagePath,
    wheels: obtained.wheels,
    ...(from !== undefined && { from }),
    files,
  };
  await writeManifest(folder, manifest);
  const libraries = files.filter(({ path }) => !path.startsWith(`${packagePath}/`));
  const bytes = libraries.reduce((sum, file) => sum + file.bytes, 0);
  const cuda = libraries.filter(({ path }) => path.startsWith('nvidia/')).length;
  const device = trained.gpu ? 'a GPU' : 'the CPU';
  return {
    manifest,
    did: [
      `took TensorFlow ${trained.version}${obtained.gpu ? ' for CUDA' : ''} from ${obtained.source} (${formatBytes(bytes)})`,
      ...obtained.wheels.map(({ name, sha256, checked }) => `SHA-256 of ${name}: ${sha256}, ${checked}`),
      ...(gpu && cuda === 0
        ? ['found no nvidia folder beside it: CUDA must come from elsewhere, see npx lunet-engine doctor']
        : []),
      `took tfjs-node from ${kernels}`,
      `compiled its binding with ${compiler.version}`,
      `trained one step on ${device}, with the expected result`,
    ],
  };
}

async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const handle = await open(join(folder, manifestName), 'wx');
  try {
    await handle.writeFile(`${JSON.stringify(manifest, undefined, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
