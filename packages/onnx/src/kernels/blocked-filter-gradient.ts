import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { blockedDomain } from '../graph/recorder.ts';
import type { Value } from '../graph/value.ts';
import { reorder } from './blocked-convolution.ts';
import { type Conv2DInfo, windowOf } from './images.ts';
import { floats, view } from './views.ts';
import { filledBlocks, wholeBlocks } from './whole-blocks.ts';

/**
 * The gradient by the filter as a blocked convolution, in which images and channels change roles.
 *
 * The images are the channels that are summed over, so their number has to fill blocks: fewer are cut into stripes of rows
 * (with the rows that a window reaches over), whose gradients add up. The gradients dy are the filter. Blocks of input
 * channels are the images, and a block's channels lie side by side as pixels, which a dilation of its size takes apart:
 * no copy of x for every place in the window is made.
 *
 * @returns undefined where channels do not fill blocks.
 */
export function filterGradientBlocked(
  backend: OnnxBackend,
  info: Conv2DInfo,
  x: TensorInfo,
  dy: TensorInfo,
): Value | undefined {
  const { recorder } = backend;
  const { batchSize: n, inChannels, outHeight, outWidth } = info;
  const { filterHeight, filterWidth } = info;
  const { strides, pads, dilations } = windowOf(info);
  const layout = backend.blockedLayout;
  const outChannels = wholeBlocks(info.outChannels, backend.block);
  if (layout === undefined || outChannels === undefined) return undefined;
  const { block } = backend;
  const [stride, strideAcross] = strides as [number, number];
  const [top, left, bottom, right] = pads as [number, number, number, number];
  const height = info.inHeight + top + bottom;
  const width = info.inWidth + left + right;
  const exact =
    height - (outHeight - 1) * stride === filterHeight &&
    width - (outWidth - 1) * strideAcross === filterWidth;
  if (!exact || dilations.some((dilation) => dilation > 1)) return undefined;

  const stripes = stripesOf(n, block);
  const groups = (n * stripes) / block;
  const rows = Math.ceil(outHeight / stripes);
  // Rows of zeros at the end of dy, where the stripes are longer than it.
  const beyond = stripes * rows - outHeight;
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
    whole ? 0 : bottom + beyond * stride,
    right * channels,
  ]);
  const inner = toLanes(backend, padded.value, padded.size, {
    stripes,
    rows: reach,
    step: rows * stride,
    block,
  });
  const [outer, , length] = inner.shape as [number, number, number];
  const lanesOfImages = recorder.op(
    'ReorderInput',
    [view(recorder, inner, [outer, block, length / channels, channels])],
    { channels_last: 0 },
    floats([outer, block, length / channels, channels]),
    blockedDomain,
  );
  const data = view(recorder, lanesOfImages, [blocks, block * groups, reach, width * channels]);

  const outBlocks = outChannels / block;
  // With one block of channels there is one image: groups of lanes give the processor's cores something to share.
  const grouped = blocks === 1 && groups > 1;
  const rowsOut: View = [n, outBlocks, outHeight, outWidth * block];
  const longer = padRows(backend, filledBlocks(backend, dy, layout), rowsOut, [0, 0, beyond, 0]);
  const gradients = toLanes(
    backend,
    longer.value,
    longer.size,
    { stripes, rows, step: rows, block },
    grouped,
  );
  const [parts, , size] = gradients.shape as [number, number, number];
  const filter = recorder.op(
    'ReorderInput',
    [view(recorder, gradients, [parts, block, 1, size])],
    { channels_last: 1 },
    floats([parts, size, block, 1]),
    blockedDomain,
  );
  const weights = view(
    recorder,
    filter,
    grouped ? [groups * outChannels, block, rows, outWidth] : [outChannels, block * groups, rows, outWidth],
  );

  const outputs = (grouped ? groups : 1) * outChannels;
  const windows = recorder.op(
    'Conv',
    [data, weights],
    {
      auto_pad: 'NOTSET',
      group: grouped ? groups : 1,
      kernel_shape: [rows, outWidth],
      dilations: [stride, strideAcross * channels],
      pads: whole ? [top, 0, bottom, 0] : [0, 0, 0, 0],
    },
    floats([blocks, outputs, filterHeight, filterWidth * channels]),
    blockedDomain,
  );
  const total = grouped
    ? sumGroups(backend, windows, groups, outChannels * filterHeight * filterWidth * channels)
    : windows;
  const found = reorder(
    backend,
    total,
    [blocks, outBlocks, filterHeight, filterWidth, channels, block],
    [2, 3, 0, 4, 1, 5],
    [filterHeight, filterWidth, inChannels, outChannels],
  );
  if (outChannels === info.outChannels) return found;
  const cut = [0, info.outChannels, 3].map((number) => recorder.indices([number]));
  return recorder.op('Slice', [found, ...cut], {}, floats(found.shape.with(3, info.outChannels)));
}

/** Images as [image, block of channels, row, elements of a row]. */
type View = readonly [number, number, number, number];

/** Into how many stripes images are cut, so that those of all fill blocks. */
function stripesOf(images: number, block: number): number {
  let stripes = 1;
  while ((images * stripes) % block !== 0) stripes *= 2;
  return stripes;
}

/** Zeros before and after the rows, and before and after the elements of each. */
function padRows(
  { recorder }: OnnxBackend,
  value: Value,
  [n, blocks, rows, length]: View,
  [top, left, bottom, right]: readonly [number, number, number, number],
): { readonly value: Value; readonly size: View } {
  const size: View = [n, blocks, rows + top + bottom, length + left + right];
  if (top + left + bottom + right === 0) return { value, size };
  if (top + bottom > 0) {
    const apart = view(recorder, value, [n * blocks, rows, length]);
    const pads = recorder.indices([0, top, left, 0, bottom, right]);
    return { value: recorder.op('Pad', [apart, pads], {}, floats([n * blocks, size[2], size[3]])), size };
  }
  // Joined on is faster than padded.
  const lines = n * blocks * rows;
  const zeros = (width: number): readonly Value[] =>
    width === 0
      ? []
      : [recorder.constant(`${lines}x${width} zeros`, [lines, width], () => new Float32Array(lines * width))];
  const parts = [...zeros(left), view(recorder, value, [lines, length]), ...zeros(right)];
  return { value: recorder.op('Concat', parts, { axis: 1 }, floats([lines, size[3]])), size };
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
 *
 * @returns them as [parts, lane, elements]: what follows puts the lanes last in each part.
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
  // The lanes of one group come first as they are, blocks of channels and all.
  if (stripes === 1 && (groups === 1 || blocks === 1)) {
    return view(backend.recorder, value, [groups, block, blocks * rows * length]);
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
  const all = view(recorder, value, [n * blocks * rows, length]);
  const gathered = recorder.op('Gather', [all, indices], { axis: 0 }, floats([count, length]));
  return view(recorder, gathered, [blocks * groups, block, lanes.rows * length]);
}

function sumGroups(backend: OnnxBackend, value: Value, groups: number, length: number): Value {
  const { recorder } = backend;
  const apart = view(recorder, value, [groups, length]);
  return recorder.op('ReduceSum', [apart, recorder.indices([0])], { keepdims: 0 }, floats([length]));
}
