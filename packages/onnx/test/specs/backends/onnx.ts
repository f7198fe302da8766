import { recordedKernels, startOnnx } from '../../../src/index.ts';

/** Ours; tells which kernels it records itself. */
export async function startBackend(): Promise<readonly string[]> {
  await startOnnx({ threads: 1 });
  return [...recordedKernels];
}
