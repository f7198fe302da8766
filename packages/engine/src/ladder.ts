import type { EngineName } from './engine.ts';

/** An engine, on any device or on a GPU alone. */
export interface Rung {
  readonly name: EngineName;
  readonly gpu?: true;
}

/** What `auto` tries, fastest first: a GPU before the CPU, on which ONNX Runtime trains faster than TensorFlow. */
export const ladder: readonly Rung[] = [
  { name: 'tensorflow', gpu: true },
  { name: 'onnx', gpu: true },
  { name: 'onnx' },
  { name: 'tensorflow' },
  { name: 'wasm' },
];

/** Every engine; the last never runs unasked. */
export const engineNames: readonly EngineName[] = ['tensorflow', 'onnx', 'wasm', 'cpu'];
