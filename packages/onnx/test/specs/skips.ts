import type { Skip } from './judge-specs.ts';

/** Specs of tfjs-core that fail on the `onnx` backend, each with its reason. */
export const skips: readonly Skip[] = [
  {
    file: 'ops/avg_pool_test',
    specs: ['avgPool gradient x=[3,3,1] f=[3,3] s=1 p=explicit'],
    reason:
      'expects 1/9 of dy from each window, though avgPool divides by the pixels inside the image; ' +
      'finite differences of avgPool on the cpu backend give our 0, 1.75, 1.75, 0, 4, 4, 0, 9.25, 9.25',
    upstream: true,
  },
  {
    file: 'ops/depthwise_conv2d_test',
    specs: ['depthwiseConv2d gradients throws error on dilations > 1'],
    reason:
      'expects an error, because tfjs has no such gradient; this backend has, and convolutions.test.ts holds it to ' +
      'the definition',
    upstream: true,
  },
];
