import * as tf from '@tensorflow/tfjs-core';
import { cut, join, type Update, updateByAdam } from './adam-update.ts';

type NamedTensor = Awaited<ReturnType<tf.Optimizer['getWeights']>>[number];

/** A variable's place in the moments. */
interface Slot {
  readonly shape: readonly number[];
  /** What `getWeights` calls its two moments. */
  readonly names: readonly [m: string, v: string];
}

/** Adam whose moments are two flat tensors over all variables, where tfjs' own has two tensors for each. */
export class FlatAdam extends tf.Optimizer {
  /** For model files: tfjs reads one that names this optimiser back with its own Adam. */
  static get className(): string {
    return 'Adam';
  }

  learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** β₁ and β₂ to the power of the next step's number, by repeated products as tfjs keeps them. */
  readonly accBeta1: tf.Variable;
  readonly accBeta2: tf.Variable;
  #slots: Slot[] = [];
  /** Slot of each variable that has come so far. */
  readonly #claims: Map<string, number> = new Map();
  #moments: { m: tf.Variable; v: tf.Variable } | undefined;
  /** What `getWeights` gave out last. */
  #given: tf.Tensor[] = [];

  constructor(learningRate: number, beta1: number, beta2: number, epsilon: number) {
    super();
    this.learningRate = learningRate;
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
    this.accBeta1 = tf.tidy(() => tf.variable(tf.scalar(beta1)));
    this.accBeta2 = tf.tidy(() => tf.variable(tf.scalar(beta2)));
  }

  /**
   * Updates the variables of those names. One whose gradient is null, or that is not among them, keeps its value and its
   * moments.
   *
   * @throws {RangeError} if there is no variable of that name, or it is named twice.
   * @throws {TypeError} if a variable, its gradient and its moments differ in shape.
   */
  override applyGradients(gradients: tf.NamedTensorMap | NamedTensor[]): void {
    const named = Array.isArray(gradients)
      ? gradients
      : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
    tf.dispose(this.#given);
    tf.tidy(() => {
      const updates = this.#claim(named);
      if (updates.length > 0) {
        const { learningRate, beta1, beta2, epsilon, accBeta1: power1, accBeta2: power2 } = this;
        const sizes = this.#slots.map(({ shape }) => tf.util.sizeFromShape([...shape]));
        updateByAdam(
          updates,
          { ...this.#moments!, sizes },
          { learningRate, beta1, beta2, epsilon, power1, power2 },
        );
      }
      this.accBeta1.assign(tf.mul(this.accBeta1, this.beta1));
      this.accBeta2.assign(tf.mul(this.accBeta2, this.beta2));
    });
    this.incrementIterations();
  }

  override dispose(): void {
    tf.dispose([this.accBeta1, this.accBeta2, ...this.#given]);
    if (this.#moments) tf.dispose([this.#moments.m, this.#moments.v]);
  }

  /** The number of steps, first moments, second moments, as tfjs' Adam gives them; all but the first stay ours. */
  override async getWeights(): Promise<NamedTensor[]> {
    tf.dispose(this.#given);
    const moments = this.#moments;
    const shapes = this.#slots.map(({ shape }) => shape);
    this.#given = moments
      ? tf.tidy(() => [...cut(moments.m, shapes), ...cut(moments.v, shapes)].map(tf.keep))
      : [];
    const names = [0, 1].flatMap((which) => this.#slots.map((slot) => slot.names[which]!));
    const iterations = await this.saveIterations();
    return [iterations, ...this.#given.map((tensor, i) => ({ name: names[i]!, tensor }))];
  }

  /** Takes what this optimiser or tfjs' Adam gave; the moments go to the variables of the next step in their order. */
  override async setWeights(weights: NamedTensor[]): Promise<void> {
    const moments = await this.extractIterations(weights);
    const half = moments.length / 2;
    this.#claims.clear();
    this.#slots = moments.slice(0, half).map(({ name, tensor }, i) => ({
      shape: tensor.shape,
      names: [name, moments[half + i]!.name],
    }));
    tf.tidy(() => {
      const tensors = moments.map(({ tensor }) => tensor);
      this.#setMoments(half > 0 ? [tensors.slice(0, half), tensors.slice(half)].map(join) : []);
      this.accBeta1.assign(tf.pow(this.beta1, this.iterations + 1));
      this.accBeta2.assign(tf.pow(this.beta2, this.iterations + 1));
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { learningRate, beta1, beta2, epsilon } = this;
    return { learningRate, beta1, beta2, epsilon };
  }

  /** Finds the slot of each variable that has a gradient; makes room for those that are new, as tfjs does. */
  #claim(named: readonly NamedTensor[]): Update[] {
    const { registeredVariables } = tf.engine();
    for (const [i, { name }] of named.entries()) {
      if (named.findIndex((other) => other.name === name) < i) {
        throw new RangeError(`Cannot update '${name}' twice in a step`);
      }
      if (!registeredVariables[name])
        throw new RangeError(`Cannot update '${name}': there is no such variable`);
    }
    named.forEach(({ name }, position) => {
      if (this.#claims.has(name)) return;
      // What was restored has names of another process, maybe: it goes by position, as in tfjs.
      const restored = position < this.#slots.length && ![...this.#claims.values()].includes(position);
      const { shape } = registeredVariables[name]!;
      if (!restored) this.#slots.push({ shape, names: [`${name}/m`, `${name}/v`] });
      this.#claims.set(name, restored ? position : this.#slots.length - 1);
    });
    this.#growMoments();
    const updates: Update[] = [];
    for (const { name, tensor: gradient } of named) {
      // tfjs gives null for a variable that the loss does not depend on.
      if (gradient == null) continue;
      const variable = registeredVariables[name]!;
      const piece = this.#claims.get(name)!;
      const { shape } = this.#slots[piece]!;
      if (`${gradient.shape}` !== `${variable.shape}` || `${shape}` !== `${variable.shape}`) {
        throw new TypeError(
          `Cannot update '${name}': it is [${variable.shape}], its gradient [${gradient.shape}], its moments [${shape}]`,
        );
      }
      updates.push({ variable, gradient, piece });
    }
    return updates.sort((a, b) => a.piece - b.piece);
  }

  #growMoments(): void {
    const size = this.#slots.reduce((sum, { shape }) => sum + tf.util.sizeFromShape([...shape]), 0);
    const missing = size - (this.#moments?.m.size ?? 0);
    if (missing === 0) return;
    const more = tf.zeros<tf.Rank.R1>([missing]);
    const { m, v } = this.#moments ?? {};
    this.#setMoments([m, v].map((flat) => (flat ? join([flat, more]) : more)));
  }

  #setMoments([m, v]: readonly tf.Tensor[]): void {
    const before = this.#moments;
    this.#moments = m && v && { m: tf.variable(m, false), v: tf.variable(v, false) };
    if (before) tf.dispose([before.m, before.v]);
  }
}
