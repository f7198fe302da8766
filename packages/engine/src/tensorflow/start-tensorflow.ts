import type { Started, StartOptions } from '../engine.ts';

/** Starts native TensorFlow. */
export function startTensorflow(_options: StartOptions): Promise<Started> {
  return Promise.reject(new Error('not installed: npx lunet-engine install'));
}
