import type { TensorInfo } from '@tensorflow/tfjs-core';
import { image, imageOf } from '../kernels/images.ts';
import { type RecordedKernel, recorded } from '../kernels/recorded-kernel.ts';

interface ResizeAttributes {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
  readonly size: [number, number];
}

/** Resizing by ONNX's operator, in place of kernels that write an image's size into matrices. */
export const resizingForAnySize: readonly RecordedKernel[] = [
  resize('ResizeNearestNeighbor', ({ alignCorners }) => ({
    mode: 'nearest',
    coordinate_transformation_mode: alignCorners ? 'align_corners' : 'asymmetric',
    nearest_mode: alignCorners ? 'round_prefer_ceil' : 'floor',
  })),
  resize('ResizeBilinear', ({ alignCorners, halfPixelCenters }) => ({
    mode: 'linear',
    coordinate_transformation_mode: alignCorners
      ? 'align_corners'
      : halfPixelCenters
        ? 'half_pixel'
        : 'asymmetric',
  })),
];

function resize(
  kernelName: string,
  attributesOf: (attrs: ResizeAttributes) => Readonly<Record<string, string>>,
): RecordedKernel {
  return recorded<ResizeAttributes>(kernelName, ({ inputs, attrs, backend }) => {
    const images = inputs.images as TensorInfo;
    // ONNX's nearest neighbour of a pixel's centre is another one.
    const differs = kernelName === 'ResizeNearestNeighbor' && attrs.halfPixelCenters;
    if (images.dtype !== 'float32' || differs) return undefined;
    const { recorder } = backend;
    const [n, h, w, c] = images.shape as [number, number, number, number];
    const [height, width] = attrs.size;
    const whole = height % h === 0 && width % w === 0;
    const target = whole
      ? [recorder.floats([1, 1, height / h, width / w], [4])]
      : [undefined, recorder.indices([n, c, height, width])];
    return backend.tensorOf(
      recorder.op(
        'Resize',
        [imageOf(backend, images), undefined, ...target],
        attributesOf(attrs),
        image([n, height, width, c]),
      ),
    );
  });
}
