import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * The provider that computes on a GPU here: the one that `LUNET_ONNX_PROVIDER` names, else `cuda` where ONNX Runtime's
 * CUDA add-on has been put beside its library; undefined for none.
 *
 * Whether there is a GPU shows when it starts.
 */
export function gpuProvider(env: NodeJS.ProcessEnv = process.env): 'webgpu' | 'cuda' | undefined {
  const asked = env.LUNET_ONNX_PROVIDER;
  if (asked === 'webgpu' || asked === 'cuda') return asked;
  if (asked === 'cpu') return undefined;
  if (asked) throw new RangeError(`Cannot take LUNET_ONNX_PROVIDER=${asked}: expected cpu, cuda or webgpu`);
  const runtime = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  const library =
    process.platform === 'win32' ? 'onnxruntime_providers_cuda.dll' : 'libonnxruntime_providers_cuda.so';
  const addOn = join(runtime, 'bin', 'napi-v6', process.platform, process.arch, library);
  return existsSync(addOn) ? 'cuda' : undefined;
}
