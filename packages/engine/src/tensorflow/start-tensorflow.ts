import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import type { Started, StartOptions } from '../engine.ts';
import { type TensorflowFiles, tensorflowSources } from './find-tensorflow.ts';
import { gpuNames } from './gpu-names.ts';
import type { Binding, NativeBackend } from './native-backend.ts';
import { registerNativeKernels } from './register-kernels.ts';
import { requireWith } from './require-with.ts';

const name = 'tensorflow';

/** What tfjs-node calls, Node 22 warns of and Node 23 has no more. */
const removedFromUtil = {
  isArray: Array.isArray,
  isNullOrUndefined: (value: unknown): boolean => value == null,
};

/** The binding stays loaded for the life of the process, and a second TensorFlow beside it would clash. */
let loaded: { binding: Binding; files: TensorflowFiles; insteadOf: string | undefined } | undefined;
let registered: { threads: number } | undefined;

/** Starts native TensorFlow: the user's own tfjs-node-gpu or tfjs-node, else what `lunet-engine install` made. */
export async function startTensorflow({ threads, gpu = false }: StartOptions): Promise<Started> {
  const count = registered?.threads ?? askedThreads(threads);
  if (threads !== undefined && threads !== count) {
    throw new RangeError(`it runs with ${count} threads already; ask for ${threads} at the first start`);
  }
  // A program may have imported tfjs-node itself.
  const ours = !(name in tf.engine().registryFactory);
  if (ours) {
    loaded ??= await loadBinding(gpu);
    registerBackend(loaded.binding, loaded.files);
  } else {
    const shared = util as Partial<typeof removedFromUtil>;
    shared.isArray ??= removedFromUtil.isArray;
    shared.isNullOrUndefined ??= removedFromUtil.isNullOrUndefined;
  }
  try {
    if (!(await tf.setBackend(name))) throw new Error('TensorFlow.js refused it');
    await tf.ready();
    const backend = tf.backend() as NativeBackend;
    refuseWithoutGpu(backend);
    if (gpu && !backend.isUsingGpuDevice) throw new Error(onCpu);
    const three = tf.tidy(() => tf.add(1, 2).dataSync()[0]);
    if (three !== 3) throw new Error(`its operations are broken: 1 + 2 gave ${three}`);
  } catch (error) {
    if (ours) tf.removeBackend(name);
    throw error;
  }
  registerNativeKernels();
  registered = { threads: count };
  const { binding } = tf.backend() as NativeBackend;
  return {
    device: deviceOf(binding, count),
    version: `TensorFlow ${binding.TF_Version}, tfjs-node ${tf.version_core}`,
    threads: count,
    gpu: binding.isUsingGpuDevice(),
    insteadOf: loaded?.insteadOf,
  };
}

/** Sets the variables that TensorFlow reads once, when its first device is made. */
function askedThreads(threads: number | undefined): number {
  const { env } = process;
  if (threads !== undefined) env.TF_NUM_INTRAOP_THREADS = String(threads);
  env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  // Warnings and errors, without the page of information at every start.
  env.TF_CPP_MIN_LOG_LEVEL ??= '1';
  return Number(env.TF_NUM_INTRAOP_THREADS) || availableParallelism();
}

const onCpu = 'computes on the CPU here, where it is slower than onnx: name it to use it';

const also = '; also: ';

async function loadBinding(gpu: boolean): Promise<NonNullable<typeof loaded>> {
  const reasons: string[] = [];
  for (const source of tensorflowSources) {
    try {
      const files = await source.files();
      if (files === undefined) continue;
      if (gpu && !files.gpu) throw new Error(onCpu);
      const binding = requireBinding(files);
      // A build for GPUs that is broken, and one for the CPU in its place, is to be told of.
      return { binding, files, insteadOf: reasons.join(also) || undefined };
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (reasons.length > 0) throw new Error(reasons.join(also));
  throw new Error(
    'not installed: run "npx lunet-engine install", or "npm install @tensorflow/tfjs-node@4.22.0" (NVIDIA GPU: tfjs-node-gpu)',
  );
}

/** @throws {Error} if the addon does not load; the message says why and what to do. */
export function requireBinding(files: TensorflowFiles): Binding {
  return explaining(files, () => createRequire(import.meta.url)(files.binding) as Binding);
}

function explaining<T>({ source, remedy }: TensorflowFiles, load: () => T): T {
  try {
    return load();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${source} does not load (${reason}); ${remedy}`, { cause });
  }
}

/** TensorFlow falls back to the CPU without a word where it finds no GPU or lacks one of CUDA's libraries. */
function refuseWithoutGpu({ isGPUPackage, isUsingGpuDevice }: NativeBackend): void {
  const hidden = ['', '-1'].includes(process.env.CUDA_VISIBLE_DEVICES ?? 'unset');
  if (!isGPUPackage || isUsingGpuDevice || hidden) return;
  const source = loaded?.files.source ?? '@tensorflow/tfjs-node-gpu';
  const names = gpuNames();
  const driver = names.length === 0 ? 'no NVIDIA driver lists one' : `the driver lists ${names.join(', ')}`;
  throw new Error(
    `${source} is built for GPUs and found none that it can use (${driver}); run "npx lunet-engine doctor" to see what is missing, or set CUDA_VISIBLE_DEVICES=-1 to compute on the CPU`,
  );
}

/** Registers tfjs-node's backend and kernels on this tfjs-core, without starting it. */
export function registerBackend(binding: Binding, files: TensorflowFiles): void {
  const replacements = new Map<string, unknown>([
    // Not a second tfjs-core: the kernels make tensors of the caller's own.
    ['@tensorflow/tfjs', tf],
    ['@tensorflow/tfjs-core', tf],
    ['util', { ...util, ...removedFromUtil }],
    // Only tf.node's summary writers need it, and with it the package google-protobuf.
    ['./proto/api_pb', {}],
  ]);
  const require = requireWith(replacements);
  const file = (name: string): string => join(files.package, 'dist', `${name}.js`);
  explaining(files, () => {
    if (tf.getKernelsForBackend(name).length === 0) require(file('register_all_kernels'));
    const { NodeJSKernelBackend } = require(file('nodejs_kernel_backend')) as {
      NodeJSKernelBackend: new (binding: Binding, packageName: string) => NativeBackend;
    };
    const packageName = files.gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
    tf.registerBackend(name, () => new NodeJSKernelBackend(binding, packageName));
  });
}

function deviceOf(binding: Binding, threads: number): string {
  if (binding.isUsingGpuDevice()) return `GPU: ${gpuNames().join(' or ') || 'unknown model'}`;
  return `CPU, ${threads} thread${threads === 1 ? '' : 's'}`;
}
