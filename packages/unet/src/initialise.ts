import { initializers } from '@tensorflow/tfjs-layers';
import type { UnetConfig } from './config.ts';
import { type UnetLayer, weightShapes } from './topology.ts';

type Initializer = ReturnType<typeof initializers.zeros>;

/** Initialisers of a convolution's two weights; standard ones, so that a saved model opens anywhere. */
export interface ConvolutionInitialisers {
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
}

/** A seed of its own for the weight `n` (splitmix32); never 0, which tfjs takes for "unseeded". */
function deriveSeed(seed: number, n: number): number {
  let z = (seed + Math.imul(n + 1, 0x9e3779b9)) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return ((z ^ (z >>> 15)) >>> 1) + 1;
}

/**
 * Chooses the initial weights of the convolution that comes `n`-th in the network.
 *
 * Kernels are Kaiming-normal with PyTorch's fan-out, not truncated: σ = √(2 / fanOut), fanOut = out · h · w for a
 * convolution and in · h · w for a transposed one; biases are 0. The head leads to a sigmoid, so it takes σ = √(1 / in)
 * and the bias log(p / (1 − p)) of the initial foreground probability. The preset instead treats the head like every
 * other layer and draws each bias from N(−b, b²), b = 1 / √fanOut, as the reference does.
 */
export function initialisersOf(
  layer: Extract<UnetLayer, { kind: 'conv' | 'transposed' }>,
  n: number,
  config: UnetConfig,
): ConvolutionInitialisers {
  // The third of [h, w, in, out], or of a transposed kernel's [h, w, out, in], is what PyTorch does not count.
  const [height, width, , last] = weightShapes(layer).kernel as [number, number, number, number];
  const fanOut = height * width * last;
  const normal = (mean: number, stddev: number, part: 0 | 1): Initializer =>
    initializers.randomNormal({
      mean,
      stddev,
      ...(config.seed !== undefined && { seed: deriveSeed(config.seed, 2 * n + part) }),
    });
  if (config.preset === 'dlwpt') {
    const bound = 1 / Math.sqrt(fanOut);
    return {
      kernelInitializer: normal(0, Math.sqrt(2 / fanOut), 0),
      biasInitializer: normal(-bound, bound, 1),
    };
  }
  if (layer.name === 'head') {
    const p = config.initialForegroundProbability;
    return {
      kernelInitializer: normal(0, Math.sqrt(1 / layer.inputChannels), 0),
      biasInitializer: initializers.constant({ value: Math.log(p / (1 - p)) }),
    };
  }
  return { kernelInitializer: normal(0, Math.sqrt(2 / fanOut), 0), biasInitializer: initializers.zeros() };
}
