import type { EngineName } from './engine.ts';

/** An engine, on any device, on a GPU alone, or on the CPU alone. */
export interface Rung {
  readonly name: EngineName;
  readonly gpu?: boolean;
}

/** What `auto` tries, fastest first: a GPU before the CPU, on which ONNX Runtime trains faster than TensorFlow. */
export const ladder: readonly Rung[] = [
  { name: 'tensorflow', gpu: true },
  { name: 'onnx', gpu: true },
  { name: 'onnx', gpu: false },
  { name: 'tensorflow' },
  { name: 'wasm' },
];

/** Every engine; the last never runs unasked. */
export const engineNames: readonly EngineName[] = ['tensorflow', 'onnx', 'wasm', 'cpu'];
