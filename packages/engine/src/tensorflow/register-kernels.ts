import { getKernel, type KernelFunc, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import { batchNormGradKernel, batchNormKernel } from './kernels/batch-norm.ts';
import type { NativeKernel, NativeUpstream } from './kernels/native-kernel.ts';
import { reluGradKernel } from './kernels/relu-grad.ts';
import { cast, reshape } from './kernels/same-data.ts';

const overrides: readonly NativeKernel[] = [
  batchNormKernel,
  batchNormGradKernel,
  reluGradKernel,
  reshape,
  cast,
];

let registered = false;

/** Puts our kernels in the place of tfjs-node's; a second call does nothing. */
export function registerNativeKernels(): void {
  if (registered) return;
  registered = true;
  for (const { kernelName, kernelFunc } of overrides) {
    const before = getKernel(kernelName, 'tensorflow');
    if (before != null) unregisterKernel(kernelName, 'tensorflow');
    const upstream = before?.kernelFunc as unknown as NativeUpstream;
    registerKernel({
      ...(before ?? { kernelName, backendName: 'tensorflow' }),
      kernelFunc: ((args) => kernelFunc(args as never, upstream)) as KernelFunc,
    });
  }
}
