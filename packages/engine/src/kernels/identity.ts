import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelArguments, KernelOverride, Upstream } from './kernel-override.ts';

/** A second tensor over the same data, where upstream copies: the tape clones every tensor that a gradient needs. */
export const identity: KernelOverride = {
  kernelName: 'Identity',
  kernelFunc: (args, upstream) => share(args, upstream, args.inputs.x!.dtype),
};

/** A cast to the type that the tensor has already, as the gradient of every clone is. */
export const cast: KernelOverride = {
  kernelName: 'Cast',
  kernelFunc: (args, upstream) => share(args, upstream, (args.attrs as { dtype?: string }).dtype),
};

/** As tfjs-backend-wasm's own Reshape does it: no kernel writes to its inputs. */
function share(
  args: KernelArguments,
  upstream: Upstream,
  dtype: string | undefined,
): TensorInfo | TensorInfo[] {
  const x = args.inputs.x!;
  // Strings do not lie on the heap.
  if (x.dtype !== dtype || dtype === 'string') return upstream(args);
  args.backend.incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
}
