import type { Skip } from './judge-specs.ts';

/** Specs of tfjs-core that fail on the `onnx` backend, each with its reason. */
export const skips: readonly Skip[] = [];
