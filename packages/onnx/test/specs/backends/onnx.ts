import { recordedKernels, startOnnx } from '../../../src/index.ts';

/** Ours; its start tells which kernels it records itself. */
export const backend = 'onnx';
export async function startBackend(): Promise<readonly string[]> {
  // The specs' tensors are too small to share.
  await startOnnx({ threads: 1 });
  return [...recordedKernels];
}
