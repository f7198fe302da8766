import { expect, it } from 'vitest';
import { firstToStart } from '../src/doctor/diagnose.ts';
import type { EngineTrial } from '../src/doctor/try-engine.ts';
import type { EngineName } from '../src/engine.ts';

/** How engines that started on a GPU (true) or the CPU (false), or did not start, came out. */
function trials(started: Record<string, boolean | null>): EngineTrial[] {
  return Object.entries(started).map(([name, gpu]) => ({
    name: name as EngineName,
    trains: gpu !== null,
    device: gpu === null ? null : 'D',
    version: null,
    threads: null,
    gpu,
    reason: null,
    stepMilliseconds: null,
    sliceMilliseconds: null,
  }));
}

it.each<[Record<string, boolean | null>, EngineName | null]>([
  [{ tensorflow: true, onnx: true, wasm: false, cpu: false }, 'tensorflow'],
  [{ tensorflow: false, onnx: true, wasm: false, cpu: false }, 'onnx'],
  [{ tensorflow: false, onnx: false, wasm: false, cpu: false }, 'onnx'],
  [{ tensorflow: false, onnx: null, wasm: false, cpu: false }, 'tensorflow'],
  [{ tensorflow: null, onnx: null, wasm: false, cpu: false }, 'wasm'],
  [{ tensorflow: null, onnx: null, wasm: null, cpu: false }, null],
])('of engines on GPUs %j the doctor says that startEngine() takes %s', (started, taken) => {
  expect(firstToStart(trials(started))).toBe(taken);
});
