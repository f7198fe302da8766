import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { mapChannels } from '../wasm/channels.ts';
import { heapOf } from '../wasm/heap.ts';
import type { KernelOverride } from './kernel-override.ts';

/** Kernel of ours: dy where x > 0, else 0; tfjs takes a step function, a cast and a product for it. */
export const reluGrad = 'LunetReluGrad';

export const reluGradKernel: KernelOverride = {
  kernelName: reluGrad,
  kernelFunc({ inputs, backend }) {
    const { dy, x } = inputs as { dy: TensorInfo; x: TensorInfo };
    const out = backend.makeOutput(x.shape, 'float32');
    const heap = heapOf(backend);
    mapChannels(heap, 'reluGradient', {
      x: heap.address(x),
      g: heap.address(dy),
      out: heap.address(out),
      length: util.sizeFromShape(x.shape),
      period: 4,
    });
    return out;
  },
};
