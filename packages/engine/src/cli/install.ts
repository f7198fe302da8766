import { Command } from 'commander';
import { install } from '../install/install.ts';
import { formatBytes } from '../install/progress.ts';
import { abortOnSignals } from './abort-on-signals.ts';
import { progressLine } from './progress-line.ts';

const details = `
What it does:
  1. takes TensorFlow's C library from the wheel or folder of --from, from the TensorFlow
     that python3 has, or from a wheel that your own pip downloads (274 MB, checked by its SHA-256);
  2. takes tfjs-node's sources from your node_modules, or by "npm pack" (checked by its npm digest);
  3. compiles tfjs-node's binding against it (g++, clang++, or what the variable CXX names);
  4. trains one step and compares the weights.
It takes 860 MB, and 1.1 GB meanwhile, in the cache folder: LUNET_CACHE, or lunet in your
user's cache folder.
Where it is already, nothing is done. Interrupted, it leaves nothing.

Examples:
  $ npx lunet-engine install
  $ npx lunet-engine install --gpu                # NVIDIA: CUDA's libraries too, some gigabytes
  $ npx lunet-engine install --from tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl
  $ LUNET_CACHE=/scratch/lunet npx lunet-engine install`;

/** `lunet-engine install`. */
export function installCommand(): Command {
  return new Command('install')
    .description('put native TensorFlow into the cache folder, for the engine "tensorflow"')
    .option('--gpu', "TensorFlow's CUDA build with NVIDIA's libraries (Linux x64)")
    .option('--from <path>', "a wheel of TensorFlow from 2.13 on, or Python's site-packages with one")
    .addHelpText('after', details)
    .action(runInstall);
}

async function runInstall({ gpu = false, from }: { gpu?: boolean; from?: string }): Promise<void> {
  const interruption = abortOnSignals();
  const line = progressLine();
  try {
    const { signal } = interruption;
    const onProgress = line.show;
    const installed = await install({ gpu, ...(from !== undefined && { from }), signal, onProgress });
    line.end();
    const what = `TensorFlow ${installed.version}${installed.gpu ? ' for CUDA' : ''}`;
    for (const text of installed.did) console.log(`- ${text}`);
    const size = formatBytes(installed.bytes);
    console.log(`${what} is ${installed.already ? 'already ' : ''}in ${installed.folder} (${size}).`);
    console.log(installed.already ? 'Nothing was done.' : 'Next: npx lunet-engine doctor');
  } catch (error) {
    line.end();
    const code = interruption.exitCode();
    if (code === undefined) throw error;
    console.error('Interrupted; nothing was left behind.');
    process.exitCode = code;
  }
}
