import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import type { ElementType } from '../graph/element-type.ts';
import { buildProgram, type Program } from '../graph/program.ts';
import { forget, newValue, type Recorder } from '../graph/recorder.ts';
import type { Layout, Node, Value } from '../graph/value.ts';
import { registerKernels } from '../kernels/register.ts';
import { resizingForAnySize } from './resize-any-size.ts';
import { type Borrowed, TracingBackend } from './tracing-backend.ts';

/** Which order the axes of images have in a file. */
export type ImageLayout = 'NHWC' | 'NCHW';

/** A forward pass as a graph. */
export interface TracedModel {
  readonly program: Program;
  /** Values that stand for the model's inputs, in its order. */
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** Names of the layers that recorded the nodes. */
  readonly layers: ReadonlyMap<Node, string>;
}

const backendName = 'onnx-export';

/**
 * Records what a model computes in inference for inputs of these shapes; nothing is computed.
 *
 * Does not wait for anything, so that nobody else sees its backend as the current one.
 *
 * @throws {Error} what a layer throws, with the layer's name.
 */
export function traceModel(
  model: LayersModel,
  shapes: readonly (readonly number[])[],
  images: ImageLayout,
  borrowed: Borrowed,
): TracedModel {
  registerKernels(backendName, resizingForAnySize);
  const before = tf.getBackend();
  const backend = new TracingBackend(borrowed);
  const { recorder } = backend;
  tf.registerBackend(backendName, () => backend, 0);
  const watch = new LayerWatch(model, recorder);
  try {
    // It is done when it returns: only what it promises is asynchronous.
    void tf.setBackend(backendName);
    const inputs = shapes.map((shape, i) =>
      newValue({ type: model.inputs[i]!.dtype as ElementType, shape, layout: layoutOf(shape, images) }),
    );
    const outputs: Value[] = [];
    tf.tidy(() => {
      const tensors = inputs.map((value) => tf.engine().makeTensorFromTensorInfo(backend.tensorOf(value)));
      const results = model.apply(tensors, { training: false }) as tf.Tensor | tf.Tensor[];
      for (const result of [results].flat()) {
        const value = recorder.withLayout(backend.value(result), layoutOf(result.shape, images));
        // An output has a node and a name of its own.
        const taken = value.node === undefined || outputs.includes(value);
        outputs.push(taken ? recorder.op('Identity', [value], {}, value) : value);
      }
    });
    return { program: buildProgram(recorder.pending, outputs), inputs, outputs, layers: watch.layers };
  } catch (cause) {
    const { message } = cause as Error;
    const where = watch.current === undefined ? `model '${model.name}'` : `layer '${watch.current}'`;
    throw new Error(`Cannot export ${where}: ${message}`, { cause });
  } finally {
    watch.end();
    forget(recorder.take());
    if (before != null) void tf.setBackend(before);
    tf.removeBackend(backendName);
  }
}

function layoutOf(shape: readonly number[], images: ImageLayout): Layout {
  return shape.length === 4 && images === 'NCHW' ? 'nchw' : 'plain';
}

/** Tells which layer records. */
class LayerWatch {
  readonly layers = new Map<Node, string>();
  /** The innermost layer at work, or that failed. */
  current: string | undefined;
  readonly #restore: (() => void)[] = [];

  constructor(model: LayersModel, recorder: Recorder) {
    for (const layer of layersOf(model)) {
      const own = Object.getOwnPropertyDescriptor(layer, 'apply');
      const { apply } = layer;
      layer.apply = (...args) => {
        const outer = this.current;
        this.current = layer.name;
        const start = recorder.pending.length;
        const results = apply.apply(layer, args);
        for (const node of recorder.pending.slice(start)) {
          if (!this.layers.has(node)) this.layers.set(node, layer.name);
        }
        this.current = outer;
        return results;
      };
      this.#restore.push(() => {
        if (own) Object.defineProperty(layer, 'apply', own);
        else delete (layer as Partial<layers.Layer>).apply;
      });
    }
  }

  end(): void {
    for (const restore of this.#restore) restore();
  }
}

/** All layers of a model, those of models in it among them, each once. */
function layersOf({ layers }: LayersModel): Set<layers.Layer> {
  return new Set(
    layers.flatMap((layer) => ['layers' in layer ? [...layersOf(layer as LayersModel)] : [], layer].flat()),
  );
}
