import * as tf from '@tensorflow/tfjs-core';
import { OnnxBackend } from '../src/backend.ts';
import { blockedDomain, type OutputSpec, type Recorder } from '../src/graph/recorder.ts';
import { Sessions } from '../src/graph/sessions.ts';
import { type Attributes, physicalShape, type Value } from '../src/graph/value.ts';
import { registerKernels } from '../src/kernels/register.ts';
import { loadOnnxRuntime } from '../src/runtime/onnxruntime.ts';

/**
 * Registers a backend for a processor whose fast convolutions keep so many channels together, whatever this one's do:
 * ONNX Runtime's operators for blocks are recorded as ONNX's own on channels taken apart.
 */
export function registerEmulated(backendName: string, block: 8 | 16): void {
  registerKernels(backendName);
  tf.registerBackend(backendName, () => {
    const sessions = new Sessions(loadOnnxRuntime(), { intraOpNumThreads: 1 });
    const backend = new OnnxBackend(sessions, block);
    const { recorder } = backend;
    const emit = recorder.emit.bind(recorder);
    recorder.emit = (type, inputs, attributes, outputs, domain = '') => {
      if (domain !== blockedDomain) return emit(type, inputs, attributes, outputs, domain);
      const [output] = outputs as [OutputSpec];
      const result = emulate(
        recorder,
        block,
        type,
        inputs,
        attributes,
        physicalShape({ layout: 'plain', ...output }),
      );
      return emit('Identity', [result], {}, outputs);
    };
    return backend;
  });
}

/** An operator of `blockedDomain`, whose images are told as [N, C, H, W] and lie as [N, C / block, H, W, block]. */
function emulate(
  recorder: Recorder,
  block: number,
  type: string,
  inputs: readonly (Value | undefined)[],
  { auto_pad, activation, channels, channels_last, scales, ...attributes }: Attributes,
  shape: readonly number[],
): Value {
  const op = (
    name: string,
    operands: readonly Value[],
    to: readonly number[],
    given: Attributes = {},
  ): Value => recorder.op(name, operands, given, { type: 'float32', shape: to });
  const reshape = (value: Value, to: readonly number[]): Value =>
    op('Reshape', [value, recorder.indices(to)], to);
  const turn = (
    value: Value,
    parts: readonly number[],
    perm: readonly number[],
    to: readonly number[],
  ): Value =>
    reshape(
      op(
        'Transpose',
        [reshape(value, parts)],
        perm.map((axis) => parts[axis]!),
        { perm },
      ),
      to,
    );
  const whole = (size: number): number => {
    if (size % block !== 0) throw new RangeError(`${type}: ${size} channels fill no blocks of ${block}`);
    return size / block;
  };
  const apart = (value: Value): Value => {
    const [n, c, h, w] = physicalShape(value) as [number, number, number, number];
    return turn(value, [n, whole(c), h, w, block], [0, 1, 4, 2, 3], [n, c, h, w]);
  };
  const blocked = (value: Value): Value => {
    const [n, c, h, w] = physicalShape(value) as [number, number, number, number];
    return turn(value, [n, whole(c), block, h, w], [0, 1, 3, 4, 2], [n, c, h, w]);
  };
  const [x, filter, bias, sum] = inputs as [Value, Value, Value?, Value?];
  const [n, c, h, w] = physicalShape(x) as [number, number, number, number];
  switch (type) {
    case 'Conv': {
      if (auto_pad !== 'NOTSET') throw new RangeError('The default of auto_pad differs from ONNX');
      const [o, i, height, width] = filter.shape as [number, number, number, number];
      const grouped = i * (attributes.group as number) !== c;
      if (grouped)
        throw new RangeError(`Filter [${filter.shape}] in ${attributes.group} groups for ${c} channels`);
      // Fewer channels than a block are read from an image with its channels apart.
      const few = c < block;
      const weights =
        i < block
          ? turn(filter, [whole(o), i, height, width, block], [0, 4, 1, 2, 3], filter.shape)
          : turn(filter, [whole(o), whole(i), height, width, block, block], [0, 5, 1, 4, 2, 3], filter.shape);
      const operands = [few ? x : apart(x), weights, ...(bias ? [bias] : [])];
      const convolved = op('Conv', operands, shape, attributes);
      const total = sum ? op('Add', [convolved, apart(sum)], shape) : convolved;
      return blocked(activation === 'Relu' ? op('Relu', [total], shape) : total);
    }
    case 'ReorderInput': {
      const [, filled] = shape as [number, number];
      const image = channels_last ? turn(x, [n, c, h, w], [0, 3, 1, 2], [n, w, c, h]) : x;
      const size = physicalShape(image);
      if (size[1]! % 4 !== 0) throw new RangeError(`ReorderInput moves fours of channels: ${size[1]}`);
      if (size[1] === filled) return blocked(image);
      // Zeros fill the last block.
      const pads = recorder.indices([0, 0, 0, 0, 0, filled - size[1]!, 0, 0]);
      return blocked(op('Pad', [image, pads], shape));
    }
    case 'ReorderOutput': {
      const bounds = [[0], [channels as number], [1]].map((numbers) => recorder.indices(numbers));
      const cut = op('Slice', [apart(x), ...bounds], [n, channels as number, h, w]);
      return channels_last ? op('Transpose', [cut], shape, { perm: [0, 2, 3, 1] }) : cut;
    }
    case 'Upsample': {
      const factors = recorder.floats(scales as number[], [4]);
      const output = { type: 'float32', shape } as const;
      const settings = { ...attributes, nearest_mode: 'floor' };
      return blocked(recorder.op('Resize', [apart(x), undefined, factors], settings, output));
    }
    case 'AveragePool':
    case 'MaxPool':
    case 'GlobalAveragePool':
      return blocked(op(type, [apart(x)], shape, attributes));
    default:
      throw new RangeError(`Not emulated: ${type}`);
  }
}
