import { getKernel, type KernelFunc, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import { adamUpdateKernel } from './kernels/adam.ts';
import { add } from './kernels/add.ts';
import { batchNormGradKernel, batchNormKernel, fusedBatchNorm } from './kernels/batch-norm.ts';
import { concat, splitV } from './kernels/concat.ts';
import { conv2d, fusedConv2d } from './kernels/conv2d.ts';
import { conv2dBackpropFilter } from './kernels/conv2d-backprop-filter.ts';
import { conv2dBackpropInput } from './kernels/conv2d-backprop-input.ts';
import { cast, identity } from './kernels/identity.ts';
import type { KernelOverride, Upstream } from './kernels/kernel-override.ts';
import { avgPoolGrad, maxPoolGrad } from './kernels/pool-grad.ts';
import { reluGradKernel } from './kernels/relu-grad.ts';
import { mean, sum } from './kernels/sum.ts';

const overrides: readonly KernelOverride[] = [
  conv2d,
  fusedConv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  maxPoolGrad,
  avgPoolGrad,
  batchNormKernel,
  batchNormGradKernel,
  fusedBatchNorm,
  reluGradKernel,
  adamUpdateKernel,
  sum,
  mean,
  concat,
  splitV,
  identity,
  cast,
  add,
];

let registered = false;

/** Puts our kernels in the place of tfjs-backend-wasm's; a second call does nothing. */
export function registerKernels(): void {
  if (registered) return;
  registered = true;
  for (const { kernelName, kernelFunc } of overrides) {
    const before = getKernel(kernelName, 'wasm');
    if (before != null) unregisterKernel(kernelName, 'wasm');
    const upstream: Upstream =
      (before?.kernelFunc as unknown as Upstream | undefined) ??
      (() => {
        throw new Error(`Cannot run ${kernelName} on wasm: only NHWC without dilation is supported`);
      });
    registerKernel({
      ...(before ?? { kernelName, backendName: 'wasm' }),
      kernelFunc: ((args) => kernelFunc(args as never, upstream)) as KernelFunc,
    });
  }
}
