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
import { casts } from './cast.ts';
import { convolutions } from './convolution.ts';
import { fills } from './fills.ts';
import { identities } from './identities.ts';
import { logic } from './logic.ts';
import { matrices } from './matrices.ts';
import { pooling } from './pooling.ts';
import type { KernelArguments, KernelInputs, RecordedKernel } from './recorded-kernel.ts';
import { reductions } from './reductions.ts';
import { resizing } from './resizing.ts';
import { scans } from './scans.ts';
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
  ...convolutions,
  ...pooling,
  ...resizing,
  ...batchNormalisation,
];

/** Names of the kernels that record; all others of tfjs run on the cpu backend. */
export const recordedKernels: ReadonlySet<string> = new Set(kernels.map(({ kernelName }) => kernelName));

let registered = false;

/** Registers all kernels for backend `onnx`; a second call does nothing. */
export function registerKernels(): void {
  if (registered) return;
  registered = true;
  for (const { kernelName, record } of kernels) {
    register(kernelName, (args) => {
      args.backend.cutIfLong();
      return (
        (canRecord(args.inputs) ? record(args as never) : undefined) ?? runOnCpu(kernelName, args, false)
      );
    });
  }
  for (const { kernelName } of getKernelsForBackend('cpu')) {
    if (recordedKernels.has(kernelName)) continue;
    register(kernelName, (args) => runOnCpu(kernelName, args, canRecord(args.inputs)));
  }
}

/** Registers a kernel that is not tfjs' own, such as a fused one, with its gradient elsewhere. */
export function register(
  kernelName: string,
  run: (args: KernelArguments) => TensorInfo | TensorInfo[],
): void {
  const kernelFunc = (({ inputs, attrs, backend }) =>
    run({
      inputs: inputs as KernelInputs,
      attrs: attrs ?? {},
      backend: backend as OnnxBackend,
    })) as KernelFunc;
  registerKernel({ kernelName, backendName: 'onnx', kernelFunc });
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
