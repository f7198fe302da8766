import { adam } from '@lunet/engine';
import type { NamedTensor } from '@lunet/unet';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Tensors } from './train-state.ts';

/** Adam's constants as the reference has them; TensorFlow.js would take an epsilon of its own. */
const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/** Fields of tfjs' Adam, and of ours: `setWeights` rounds the powers anew. */
interface Powers {
  readonly accBeta1: tf.Variable;
  readonly accBeta2: tf.Variable;
}

/** Adam over a model's trainable weights. */
export interface Adam {
  readonly optimizer: tf.Optimizer;
  setRate(rate: number): void;
  /** A copy of all that the next step depends on. */
  read(): Promise<Tensors>;
  /**
   * Puts back what `read` gave after so many steps, to the bit.
   *
   * @throws {RangeError} if a moment is missing or of another shape.
   */
  write(state: Tensors, step: number): Promise<void>;
  dispose(): void;
}

/** Creates the optimiser; its moments come into being with the first step. */
export function createAdam(model: LayersModel): Adam {
  const optimizer = adam(0, ADAM.beta1, ADAM.beta2, ADAM.epsilon);
  const fields = optimizer as unknown as Powers;
  const names = model.trainableWeights.map((weight) => weight.originalName.replace('/', '.'));
  const shapes = model.trainableWeights.map((weight) => weight.shape as number[]);
  const momentNames = ['m', 'v'].flatMap((moment) => names.map((name) => `${moment}/${name}`));

  return {
    optimizer,
    setRate: (rate) => {
      optimizer.learningRate = rate;
    },
    read: async () => {
      const [iterations, ...moments] = await optimizer.getWeights();
      iterations!.tensor.dispose();
      const state = new Map<string, NamedTensor>();
      for (const [i, { tensor }] of moments.entries()) {
        state.set(momentNames[i]!, { shape: tensor.shape, data: await copyOf(tensor) });
        // tfjs' Adam gives the variables that it works with, ours copies.
        if (!(tensor instanceof tf.Variable)) tensor.dispose();
      }
      const powers = Float32Array.of(...(await copyOf(fields.accBeta1)), ...(await copyOf(fields.accBeta2)));
      return state.set('powers', { shape: [2], data: powers });
    },
    write: async (state, step) => {
      const moments =
        step === 0 ? [] : momentNames.map((name, i) => [name, shapes[i % shapes.length]!] as const);
      const expected = new Map<string, readonly number[]>([['powers', [2]], ...moments]);
      for (const [name, shape] of expected) {
        const found = state.get(name)?.shape;
        if (found?.join() !== shape.join()) {
          throw new RangeError(
            `Cannot restore the optimiser: '${name}' is ${found ? `[${found}]` : 'missing'}, the model has [${shape}]`,
          );
        }
      }
      const tensors = moments.map(([name]) => ({ name, tensor: tensorOf(state.get(name)!) }));
      const iterations = { name: 'iter', tensor: tf.scalar(step, 'int32') };
      await optimizer.setWeights([iterations, ...tensors]);
      tf.dispose([iterations.tensor, ...tensors.map(({ tensor }) => tensor)]);
      const [power1, power2] = state.get('powers')!.data;
      tf.tidy(() => {
        fields.accBeta1.assign(tf.scalar(power1!));
        fields.accBeta2.assign(tf.scalar(power2!));
      });
    },
    dispose: () => optimizer.dispose(),
  };
}

/** slice(): a backend may hand out a view of its own memory. */
async function copyOf(tensor: tf.Tensor): Promise<Float32Array> {
  return ((await tensor.data()) as Float32Array).slice();
}

function tensorOf({ data, shape }: NamedTensor): tf.Tensor {
  return tf.tensor(data.slice(), [...shape], 'float32');
}
