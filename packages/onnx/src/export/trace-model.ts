import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { OnnxBackend, type ProgramRunner } from '../backend.ts';
import { buildProgram, type Program } from '../graph/program.ts';
import { forget, newValue } from '../graph/recorder.ts';
import type { Layout, Value } from '../graph/value.ts';
import { registerKernels } from '../kernels/register.ts';

/** Which order the axes of images have in a file. */
export type ImageLayout = 'NHWC' | 'NCHW';

/** A forward pass as a graph. */
export interface TracedModel {
  readonly program: Program;
  /** Values that stand for the model's inputs, in its order. */
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** The model's own names of its weights. */
  readonly weightNames: ReadonlyMap<Value, string>;
}

const backendName = 'onnx-export';

/** Records what a model computes in inference for inputs of these shapes; nothing is computed. */
export async function traceModel(
  model: LayersModel,
  shapes: readonly (readonly number[])[],
  images: ImageLayout,
): Promise<TracedModel> {
  registerKernels(backendName);
  if (!tf.engine().registryFactory[backendName]) {
    tf.registerBackend(backendName, () => new OnnxBackend(refuse), 0);
  }
  const before = tf.getBackend();
  if (!(await tf.setBackend(backendName)))
    throw new Error('Cannot start the backend that records for export');
  const backend = tf.backend() as OnnxBackend;
  const { recorder } = backend;
  try {
    const inputs = shapes.map((shape) =>
      newValue({ type: 'float32', shape, layout: layoutOf(shape, images) }),
    );
    const outputs: Value[] = [];
    tf.tidy(() => {
      const tensors = inputs.map((value) => tf.engine().makeTensorFromTensorInfo(backend.tensorOf(value)));
      const results = model.apply(tensors, { training: false }) as tf.Tensor | tf.Tensor[];
      for (const result of [results].flat()) {
        outputs.push(recorder.withLayout(backend.value(result), layoutOf(result.shape, images)));
      }
    });
    const weightNames = new Map(
      model.weights.map((weight) => [backend.value(weight.read()), weight.originalName]),
    );
    const program = buildProgram(recorder.pending, outputs);
    return { program, inputs, outputs, weightNames };
  } finally {
    forget(recorder.take());
    await tf.setBackend(before);
  }
}

function layoutOf(shape: readonly number[], images: ImageLayout): Layout {
  return shape.length === 4 && images === 'NCHW' ? 'nchw' : 'plain';
}

/** Nobody may ask for numbers: there are none. */
const refuse: ProgramRunner = {
  inParts: false,
  run(): never {
    throw new Error('its result depends on the numbers in the input, which an exported model cannot follow');
  },
  dispose() {},
};
