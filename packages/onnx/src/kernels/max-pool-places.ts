import type { backend_util } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import type { Value } from '../graph/value.ts';
import { type Conv2DInfo, image, imageOf, windowOf } from './images.ts';
import { poolInfo } from './pooling.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';

interface Attributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  readonly includeBatchInIndex: boolean;
}

/** Maximum pooling that tells where each maximum is. */
export const maxPoolPlaces: readonly RecordedKernel[] = [
  recorded<Attributes>('MaxPoolWithArgmax', ({ inputs, attrs, backend }) => {
    const x = inputs.x!;
    const info = x.dtype === 'float32' ? poolInfo(x.shape, attrs) : undefined;
    if (info === undefined) return undefined;
    const { recorder } = backend;
    const output = image(info.outShape);
    const images = imageOf(backend, x);
    // tfjs passes over what is not a number.
    const none = recorder.op('IsNaN', [images], {}, { ...images, type: 'bool' });
    const lowest = recorder.scalar(Number.NEGATIVE_INFINITY, 'float32');
    const numbers = recorder.op('Where', [none, lowest, images], {}, images);
    const [pooled, indices] = recorder.emit('MaxPool', [numbers], { ...windowOf(info) }, [
      output,
      { ...output, type: 'int64' },
    ]) as [Value, Value];
    const places = placesOf(backend, info, indices, attrs.includeBatchInIndex);
    return [backend.tensorOf(pooled), backend.tensorOf(places)];
  }),
];

/** Indices into [N, C, H, W] as indices into [H, W, C], or [N, H, W, C]. */
function placesOf({ recorder }: OnnxBackend, info: Conv2DInfo, indices: Value, withBatch: boolean): Value {
  const { batchSize, inChannels, inHeight, inWidth } = info;
  const op = (type: string, a: Value, b: Value): Value => recorder.op(type, [a, b], {}, indices);
  const column = (numbers: readonly number[], shape: readonly number[]): Value =>
    recorder.op(
      'Reshape',
      [recorder.indices(numbers), recorder.indices(shape)],
      {},
      { type: 'int64', shape },
    );
  const pixels = inHeight * inWidth;
  const pixel = op('Mod', indices, recorder.scalar(pixels, 'int64'));
  const channels = column(
    Array.from({ length: inChannels }, (_, channel) => channel),
    [1, inChannels, 1, 1],
  );
  const inImage = op('Add', op('Mul', pixel, recorder.scalar(inChannels, 'int64')), channels);
  const images = column(
    Array.from({ length: batchSize }, (_, i) => i * pixels * inChannels),
    [batchSize, 1, 1, 1],
  );
  const all = withBatch ? op('Add', inImage, images) : inImage;
  return recorder.op('Cast', [all], { to: 6 }, { ...image(info.outShape), type: 'int32' });
}
