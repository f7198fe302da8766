// Stands in for node-engines.ts where bundlers build for browsers (package.json, "imports").
import type { EngineStarter } from './engine.ts';

export const tensorflow: EngineStarter = needsNode('tensorflow');

export const onnx: EngineStarter = needsNode('onnx');

function needsNode(name: EngineStarter['name']): EngineStarter {
  return {
    name,
    start: () => Promise.reject(new Error('it runs in Node only; a browser runs wasm')),
  };
}
