import {
  getKernelsForBackend,
  type KernelFunc,
  registerKernel,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { runOnCpu } from '../fallback.ts';
import { activations } from './activations.ts';
import { arithmetic } from './arithmetic.ts';
import { batchNormalisation } from './batch-norm.ts';
import { blocks } from './blocks.ts';
import { casts } from './cast.ts';
import { convolutions } from './convolution.ts';
import { convolutions3D } from './convolution-3d.ts';
import { depthwiseConvolutions } from './depthwise.ts';
import { fills } from './fills.ts';
import { flips } from './flip.ts';
import { gathering } from './gathering.ts';
import { identities } from './identities.ts';
import { joining } from './joining.ts';
import { localResponse } from './local-response.ts';
import { logic } from './logic.ts';
import { matrices } from './matrices.ts';
import { maxPoolPlaces } from './max-pool-places.ts';
import { pooling } from './pooling.ts';
import { pooling3D } from './pooling-3d.ts';
import type { KernelArguments, KernelInputs, RecordedKernel } from './recorded-kernel.ts';
import { reductions } from './reductions.ts';
import { resizing } from './resizing.ts';
import { scans } from './scans.ts';
import { shapes } from './shapes.ts';
import { slicing } from './slicing.ts';
import { unary } from './unary.ts';

const kernels: readonly RecordedKernel[] = [
  ...identities,
  ...unary,
  ...activations,
  ...arithmetic,
  ...casts,
  ...logic,
  ...fills,
  ...reductions,
  ...matrices,
  ...scans,
  ...shapes,
  ...slicing,
  ...joining,
  ...gathering,
  ...blocks,
  ...convolutions,
  ...depthwiseConvolutions,
  ...convolutions3D,
  ...pooling,
  ...pooling3D,
  ...maxPoolPlaces,
  ...localResponse,
  ...flips,
  ...resizing,
  ...batchNormalisation,
];

/** Names of the kernels that record; all others of tfjs run on the cpu backend. */
export const recordedKernels: ReadonlySet<string> = new Set(kernels.map(({ kernelName }) => kernelName));

const registered = new Set<string>();

/**
 * Registers all kernels for a backend that is an `OnnxBackend`; a second call does nothing.
 *
 * @param preferred Kernels that are tried before those of the same names.
 */
export function registerKernels(backendName: string, preferred: readonly RecordedKernel[] = []): void {
  if (registered.has(backendName)) return;
  registered.add(backendName);
  for (const { kernelName, record } of kernels) {
    const first = preferred.find((kernel) => kernel.kernelName === kernelName)?.record;
    register(backendName, kernelName, (args) => {
      args.backend.cutIfLong();
      if (!canRecord(args.inputs)) return runOnCpu(kernelName, args, false);
      return first?.(args as never) ?? record(args as never) ?? runOnCpu(kernelName, args, false);
    });
  }
  for (const { kernelName } of getKernelsForBackend('cpu')) {
    if (recordedKernels.has(kernelName)) continue;
    register(backendName, kernelName, (args) => runOnCpu(kernelName, args, canRecord(args.inputs)));
  }
}

function register(
  backendName: string,
  kernelName: string,
  run: (args: KernelArguments) => TensorInfo | TensorInfo[],
): void {
  const kernelFunc = (({ inputs, attrs, backend }) =>
    run({
      inputs: inputs as KernelInputs,
      attrs: attrs ?? {},
      backend: backend as OnnxBackend,
    })) as KernelFunc;
  registerKernel({ kernelName, backendName, kernelFunc });
}

function canRecord(inputs: KernelInputs): boolean {
  return Object.values(inputs)
    .flat()
    .every(
      (tensor: TensorInfo | null | undefined) =>
        tensor == null ||
        (tensor.dtype !== 'string' && tensor.dtype !== 'complex64' && util.sizeFromShape(tensor.shape) > 0),
    );
}
