import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { blockedDomain } from '../graph/recorder.ts';
import { blockOf, type Value } from '../graph/value.ts';
import { type Conv2DInfo, windowOf } from './images.ts';

/**
 * The gradient by the filter as a blocked convolution, in which images and channels change roles.
 *
 * The images are the channels that are summed over, so their number has to fill blocks: fewer are cut into stripes of rows
 * (with the rows that a window reaches over), whose gradients add up. The gradients dy are the filter. Blocks of input
 * channels are the images, and a block's channels lie side by side as pixels, which a dilation of its size takes apart:
 * no copy of x for every place in the window is made.
 *
 * @returns undefined where channels or images do not fill blocks.
 */
export function filterGradientBlocked(
  backend: OnnxBackend,
  info: Conv2DInfo,
  x: TensorInfo,
  dy: TensorInfo,
): Value | undefined {
  const { recorder } = backend;
  const { batchSize: n, inChannels, outChannels, outHeight, outWidth } = info;
  const { filterHeight, filterWidth } = info;
  const { strides, pads, dilations } = windowOf(info);
  const layout = backend.layoutFor(outChannels);
  const block = blockOf(layout);
  const [stride, strideAcross] = strides as [number, number];
  const [top, left, bottom, right] = pads as [number, number, number, number];
  const height = info.inHeight + top + bottom;
  const width = info.inWidth + left + right;
  const exact =
    height - (outHeight - 1) * stride === filterHeight &&
    width - (outWidth - 1) * strideAcross === filterWidth;
  if (block === 0 || !exact || dilations.some((dilation) => dilation > 1)) return undefined;

  const lanes = stripesOf(n, outHeight, block);
  if (lanes === undefined) return undefined;
  const { stripes } = lanes;
  const groups = (n * stripes) / block;
  const rows = outHeight / stripes;
  // A stripe has the rows of its windows; whole images are padded by the convolution itself.
  const whole = stripes === 1;
  const reach = whole ? info.inHeight : (rows - 1) * stride + filterHeight;

  const full = inChannels % block === 0;
  const channels = full ? block : inChannels;
  const blocks = inChannels / channels;
  const images = backend.valueIn(x, full ? layout : 'plain');
  const rowsIn: View = [n, blocks, info.inHeight, info.inWidth * channels];
  const padded = padRows(backend, images, rowsIn, [
    whole ? 0 : top,
    left * channels,
    whole ? 0 : bottom,
    right * channels,
  ]);
  const inner = toLanes(backend, padded.value, padded.view, {
    stripes,
    rows: reach,
    step: rows * stride,
    block,
  });
  const lanesOfImages = recorder.op(
    'ReorderInput',
    [reshape(backend, inner, [blocks * groups, block, reach * width, channels])],
    { channels_last: 0 },
    float([blocks * groups, block, reach * width, channels]),
    blockedDomain,
  );
  const data = reshape(backend, lanesOfImages, [blocks, block * groups, reach, width * channels]);

  const outBlocks = outChannels / block;
  // With one block of channels there is one image: groups of lanes give the processor's cores something to share.
  const grouped = blocks === 1 && groups > 1;
  const gradients = toLanes(
    backend,
    backend.valueIn(dy, layout),
    [n, outBlocks, outHeight, outWidth * block],
    { stripes, rows, step: rows, block },
    grouped,
  );
  const filter = recorder.op(
    'ReorderInput',
    [reshape(backend, gradients, [outBlocks * groups, block, 1, rows * outWidth * block])],
    { channels_last: 1 },
    float([outBlocks * groups, rows * outWidth * block, block, 1]),
    blockedDomain,
  );
  const weights = reshape(
    backend,
    filter,
    grouped ? [groups * outChannels, block, rows, outWidth] : [outChannels, block * groups, rows, outWidth],
  );

  const outputs = (grouped ? groups : 1) * outChannels;
  const size = [blocks, outputs, filterHeight, filterWidth * channels];
  const found = recorder.op(
    'Conv',
    [data, weights],
    {
      auto_pad: 'NOTSET',
      group: grouped ? groups : 1,
      kernel_shape: [rows, outWidth],
      dilations: [stride, strideAcross * channels],
      pads: whole ? [top, 0, bottom, 0] : [0, 0, 0, 0],
    },
    float(size),
    blockedDomain,
  );
  const total = grouped
    ? sumGroups(backend, found, groups, outChannels * filterHeight * filterWidth * channels)
    : found;
  const parts = [blocks, outBlocks, filterHeight, filterWidth, channels, block];
  const order = [2, 3, 0, 4, 1, 5];
  const split = reshape(backend, total, parts);
  const ordered = recorder.op(
    'Transpose',
    [split],
    { perm: order },
    float(order.map((axis) => parts[axis]!)),
  );
  return reshape(backend, ordered, [filterHeight, filterWidth, inChannels, outChannels]);
}

/** Images as [image, block of channels, row, elements of a row]. */
type View = readonly [number, number, number, number];

/** How many stripes an image is cut into, so that all stripes fill blocks. */
function stripesOf(images: number, rows: number, block: number): { readonly stripes: number } | undefined {
  let stripes = 1;
  while ((images * stripes) % block !== 0) stripes *= 2;
  return rows % stripes === 0 ? { stripes } : undefined;
}

/** Zeros before and after the rows, and before and after the elements of each. */
function padRows(
  backend: OnnxBackend,
  value: Value,
  [n, blocks, rows, length]: View,
  [top, left, bottom, right]: readonly [number, number, number, number],
): { value: Value; view: View } {
  const view: View = [n, blocks, rows + top + bottom, length + left + right];
  const { recorder } = backend;
  const apart = reshape(backend, value, [n * blocks, rows, length]);
  if (view[2] === rows && view[3] === length) return { value: apart, view };
  if (top + bottom === 0 && left === right) {
    // Joined on is faster than padded.
    const zeros = recorder.constant(
      `zeros ${[n, blocks, rows, left]}`,
      [n * blocks * rows, left],
      () => new Float32Array(n * blocks * rows * left),
    );
    const lines = reshape(backend, value, [n * blocks * rows, length]);
    const joined = recorder.op(
      'Concat',
      [zeros, lines, zeros],
      { axis: 1 },
      float([n * blocks * rows, view[3]]),
    );
    return { value: joined, view };
  }
  const pads = recorder.indices([0, top, left, 0, bottom, right]);
  return { value: recorder.op('Pad', [apart, pads], {}, float([n * blocks, view[2], view[3]])), view };
}

interface Lanes {
  readonly stripes: number;
  /** Rows of a stripe, and how far it is from one to the next. */
  readonly rows: number;
  readonly step: number;
  readonly block: number;
}

/**
 * Rows in the order [block of channels][group of lanes][lane][row], or [group][block of channels][lane][row]; a lane is a
 * stripe of an image.
 */
function toLanes(
  backend: OnnxBackend,
  value: Value,
  [n, blocks, rows, length]: View,
  lanes: Lanes,
  groupsFirst = false,
): Value {
  const { stripes, block } = lanes;
  const groups = (n * stripes) / block;
  // One group: [lane][block of channels], which the reordering that follows takes for pixels.
  if (stripes === 1 && (groups === 1 || blocks === 1)) {
    if (blocks === 1) return value;
    return reorderBlocks(backend, value, [n, blocks, rows * length]);
  }
  const { recorder } = backend;
  const key = `lanes ${[n, blocks, rows, stripes, lanes.rows, lanes.step, block, groupsFirst]}`;
  const count = blocks * groups * block * lanes.rows;
  const indices = recorder.indexConstant(key, count, () => {
    const from = new Int32Array(count);
    let at = 0;
    for (let outer = 0; outer < blocks * groups; outer++) {
      const group = groupsFirst ? Math.floor(outer / blocks) : outer % groups;
      const channel = groupsFirst ? outer % blocks : Math.floor(outer / groups);
      for (let lane = group * block; lane < (group + 1) * block; lane++) {
        const first = (Math.floor(lane / stripes) * blocks + channel) * rows + (lane % stripes) * lanes.step;
        for (let row = 0; row < lanes.rows; row++) from[at++] = first + row;
      }
    }
    return from;
  });
  const all = reshape(backend, value, [n * blocks * rows, length]);
  return recorder.op('Gather', [all, indices], { axis: 0 }, float([count, length]));
}

function reorderBlocks(backend: OnnxBackend, value: Value, shape: readonly [number, number, number]): Value {
  const [n, blocks, length] = shape;
  const apart = reshape(backend, value, shape);
  return backend.recorder.op('Transpose', [apart], { perm: [1, 0, 2] }, float([blocks, n, length]));
}

function sumGroups(backend: OnnxBackend, value: Value, groups: number, length: number): Value {
  const { recorder } = backend;
  const apart = reshape(backend, value, [groups, length]);
  return recorder.op('ReduceSum', [apart, recorder.indices([0])], { keepdims: 0 }, float([length]));
}

/** The same memory under another shape. */
function reshape({ recorder }: OnnxBackend, value: Value, shape: readonly number[]): Value {
  return recorder.op('Reshape', [value, recorder.indices(shape)], {}, float(shape));
}

function float(shape: readonly number[]): { type: 'float32'; shape: readonly number[] } {
  return { type: 'float32', shape };
}
