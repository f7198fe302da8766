import '@lunet/testing';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { exportOnnx, startOnnx } from '../src/index.ts';
import { inLayout, numbersFor, samples } from './exported-models.ts';

beforeAll(async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  await tf.setBackend('cpu');
});

/** One thread: many wait for each other longer than they compute. */
function openSession(bytes: Uint8Array): Promise<InferenceSession> {
  return InferenceSession.create(bytes, { intraOpNumThreads: 1 });
}

/** How the metadata of a session tell an input or output. */
function describeValues(values: readonly InferenceSession.ValueMetadata[]): string[] {
  return values.map((value) => `${value.name} ${value.isTensor ? `${value.type}[${value.shape}]` : ''}`);
}

const layouts = ['NCHW', 'NHWC'] as const;
/** Samples of images in both layouts, the others in one. */
const cases = samples.flatMap((sample) => {
  const hasImages = sample.runs[0]!.some((shape) => shape.length === 4);
  return (hasImages ? layouts : [layouts[0]]).map((layout) => ({ ...sample, layout }));
});

describe('an exported file', () => {
  it.each(cases)(
    'of $what ($layout) gives in ONNX Runtime what tfjs gives',
    async ({ layout, ...sample }) => {
      const { build, runs, options } = sample;
      const net = build();
      const session = await openSession(await exportOnnx(net, { layout, ...options }));
      for (const shapes of runs) {
        const inputs = numbersFor(sample, shapes);
        const feeds = inputs.map((tensor, i) => {
          const { values, shape } = inLayout(tensor, layout);
          return [net.inputNames[i], new Tensor('float32', values, shape)] as const;
        });
        const results = await session.run(Object.fromEntries(feeds));
        const expected = [net.predict(inputs.length === 1 ? inputs[0]! : inputs)].flat();
        // A name that is taken gets a number: an output that is an input.
        const names = session.outputNames;
        for (const [i, tensor] of expected.entries()) {
          const { data, dims } = results[names[i]!]!;
          expect({ shape: [...dims], values: data as Float32Array }).toBeCloseToTensor(
            inLayout(tensor, layout),
            {
              absolute: 1e-5,
            },
          );
        }
      }
    },
  );
});

describe('exportOnnx', () => {
  it('does what its documentation shows', async () => {
    const twice = sequential({
      layers: [layers.dense({ name: 'twice', units: 1, inputShape: [1], useBias: false })],
    });
    twice.setWeights([tf.tensor2d([[2]])]);
    const session = await openSession(await exportOnnx(twice));
    const results = await session.run({ twice_input: new Tensor('float32', [1, 2, 3], [3, 1]) });
    expect([...(results.twice!.data as Float32Array)]).toEqual([2, 4, 6]);
  });

  it('names inputs, outputs and free axes, and outputs by how they follow', async () => {
    const image = input({ shape: [null, null, 3], name: 'slice' });
    const net = model({
      inputs: image,
      outputs: [
        layers
          .conv2d({ name: 'strided', filters: 2, kernelSize: 3, strides: 2, padding: 'same' })
          .apply(image),
        layers.upSampling2d({ name: 'twice', size: [2, 2] }).apply(image),
        layers.conv2d({ name: 'cut', filters: 2, kernelSize: 3 }).apply(image),
      ] as SymbolicTensor[],
    });
    const session = await openSession(await exportOnnx(net));
    expect(describeValues(session.inputMetadata)).toEqual(['slice float32[batch,3,height,width]']);
    expect(describeValues(session.outputMetadata)).toEqual([
      'strided float32[batch,2,floor((height+1)/2),floor((width+1)/2)]',
      'twice float32[batch,3,2*height,2*width]',
      'cut float32[batch,2,height-2,width-2]',
    ]);
  });

  it('fixes axes and frees others, also those that the model has fixed', async () => {
    const net = sequential({ layers: [layers.conv2d({ filters: 2, kernelSize: 1, inputShape: [8, 6, 3] })] });
    const dynamicAxes = [{ 0: 1, 2: 'columns' }];
    const session = await openSession(await exportOnnx(net, { dynamicAxes, layout: 'NHWC' }));
    expect(describeValues(session.inputMetadata)).toEqual([`${net.inputNames[0]} float32[1,8,columns,3]`]);
    expect(describeValues(session.outputMetadata)).toEqual([`${net.outputNames[0]} float32[1,8,columns,2]`]);
  });

  it('writes weights in their order for ONNX, by their names, and nodes by their layers', async () => {
    const net = sequential({
      layers: [
        layers.conv2d({ name: 'first', filters: 2, kernelSize: 3, inputShape: [null, null, 1] as never }),
        layers.batchNormalization({ name: 'second' }),
      ],
    });
    const text = new TextDecoder('latin1').decode(await exportOnnx(net));
    for (const name of ['first/kernel', 'first/bias', 'second/gamma', 'second/moving_variance']) {
      expect(text).toContain(name);
    }
    expect(text).toContain('first/Conv');
    expect(text).toContain('second/BatchNormalization');
    expect(text).not.toContain('Transpose');
  });

  it('takes operator set 17, and 21 only where a layer needs it', async () => {
    const small = sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] });
    const large = sequential({
      layers: [layers.globalMaxPooling2d({ inputShape: [null, null, 1] as never })],
    });
    // Field 1 is the file format's version.
    expect([...(await exportOnnx(small)).subarray(0, 2)]).toEqual([8, 8]);
    expect([...(await exportOnnx(large)).subarray(0, 2)]).toEqual([8, 10]);
  });
});

describe('what exportOnnx cannot write', () => {
  const rnn = (): LayersModel =>
    sequential({
      layers: [
        layers.simpleRNN({
          name: 'memory',
          units: 2,
          inputShape: [null, 3] as never,
          recurrentInitializer: 'glorotNormal',
        }),
      ],
    });
  const flat = (): LayersModel =>
    sequential({
      layers: [layers.flatten({ inputShape: [4, 4, 1] }), layers.dense({ name: 'sum', units: 1 })],
    });

  it.each([
    [
      rnn,
      {},
      /^Cannot export layer 'memory' for any 'batch' and 'length': .* dynamicAxes: \[\{"0":2,"1":64,"2":3\}\]/,
    ],
    [rnn, { dynamicAxes: [] }, /^Cannot export: dynamicAxes are 0 for 1 inputs \(memory_input\)/],
    [
      rnn,
      { dynamicAxes: [{ 0: 'batch' }] },
      /dynamicAxes leave out axis 1 of input 'memory_input', which is \[any,any,3\]/,
    ],
    [rnn, { dynamicAxes: [{ 0: 'batch', 1: 4, 3: 1 }] }, /there is no axis 3 of input/],
    [rnn, { dynamicAxes: [{ 0: 'batch', 1: 0 }] }, /0 is neither name nor size of axis 1/],
    [flat, { dynamicAxes: [{ 0: 'batch', 1: 'height' }] }, /^Cannot export layer 'sum': /],
  ] as const)('is told with the layer and what to do: %#', async (build, options, message) => {
    const net = build();
    const before = tf.memory();
    await expect(exportOnnx(net, options)).rejects.toThrow(message);
    expect(tf.memory()).toEqual(before);
    expect(tf.getBackend()).toBe('cpu');
  });

  it('names a layer that looks at numbers', async () => {
    class Looks extends layers.Layer {
      static readonly className = 'Looks';
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        const [x] = [inputs].flat() as [tf.Tensor];
        return tf.mul(x, x.dataSync()[0]!);
      }
    }
    const net = sequential({
      layers: [layers.inputLayer({ inputShape: [2] }), new Looks({ name: 'looks' })],
    });
    await expect(exportOnnx(net)).rejects.toThrow(/^Cannot export layer 'looks': .*looks at numbers/);
    expect(Object.hasOwn(net.layers[1]!, 'apply')).toBe(false);
  });
});

describe('what exportOnnx leaves as it is', () => {
  it.each(['cpu', 'onnx'])('on %s: backend, weights, memory', async (name) => {
    await (name === 'onnx' ? startOnnx() : tf.setBackend(name));
    try {
      const net = samples[0]!.build();
      const x = tf.ones([1, 5]);
      const y = net.predict(x) as tf.Tensor;
      const expected = await y.data();
      const places = (): unknown[] =>
        net.weights.map((weight) => tf.engine().state.tensorInfo.get(weight.read().dataId)!.backend);
      const before = { memory: tf.memory(), places: places() };
      const [once, again] = await Promise.all([exportOnnx(net), exportOnnx(net)]);
      expect(tf.getBackend()).toBe(name);
      expect(tf.memory()).toEqual(before.memory);
      for (const [i, place] of places().entries()) expect(place).toBe(before.places[i]);
      expect(Buffer.compare(once, again)).toBe(0);
      expect(await (net.predict(x) as tf.Tensor).data()).toEqual(expected);
    } finally {
      await tf.setBackend('cpu');
    }
  });
});
