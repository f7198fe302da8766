import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OnnxBackend } from '../src/backend.ts';
import { wholeRounds } from '../src/graph/rounds.ts';
import { startOnnx } from '../src/index.ts';
import { watchSessions } from './watch-sessions.ts';

const watched = watchSessions();

beforeAll(async () => {
  await startOnnx({ threads: 1 });
});

beforeEach(() => {
  (tf.backend() as unknown as OnnxBackend).flush();
  watched.reset();
});

/** Values that are never uniform. */
function values(shape: readonly number[], seed = 1): tf.Tensor {
  return tf.randomUniform([...shape], 0.5, 1.5, 'float32', seed);
}

describe('a graph', () => {
  it('runs when somebody reads, once for all that is alive, and not for what is dead', () => {
    const x = values([4, 5]);
    const [a, b] = tf.tidy(() => {
      tf.exp(tf.exp(x));
      return [tf.add(x, 1), tf.mul(x, 2)] as const;
    });
    expect(watched.runs).toBe(0);
    const read = a.dataSync();
    expect(watched.programs).toEqual([{ nodes: 2, outputs: 2 }]);
    expect([...b.dataSync()]).toEqual([...x.dataSync()].map((v) => Math.fround(v * 2)));
    expect([...read]).toEqual([...x.dataSync()].map((v) => Math.fround(v + 1)));
    expect(watched.runs).toBe(1);
  });

  it('is built once for other elements and scalars, and anew for other shapes', () => {
    const compute = (shape: number[], factor: number, seed: number): Float32Array =>
      tf.tidy(() => tf.clipByValue(tf.mul(values(shape, seed), factor), 0, 9).dataSync()) as Float32Array;
    const first = compute([3, 4], 2, 1);
    expect(watched.built).toBe(1);
    expect(compute([3, 4], 3, 2)).not.toEqual(first);
    expect(compute([3, 4], 4, 3)).toHaveLength(12);
    expect(watched).toMatchObject({ built: 1, runs: 3 });
    compute([4, 3], 2, 1);
    expect(watched.built).toBe(2);
  });

  it('may read a buffer that its caller has changed since, and gives arrays that may be changed', () => {
    const buffer = Float32Array.of(1, 2, 3);
    const x = tf.tensor1d(buffer);
    buffer.fill(9);
    const y = tf.add(x, 1);
    const read = y.dataSync();
    read.fill(7);
    expect([...x.dataSync()]).toEqual([1, 2, 3]);
    expect([...y.dataSync()]).toEqual([2, 3, 4]);
    expect([...tf.mul(y, 2).dataSync()]).toEqual([4, 6, 8]);
  });

  it('gets constants that change as inputs: batches by slices make few sessions', () => {
    const data = values([400, 8]);
    const weights = values([8, 8], 2) as tf.Tensor2D;
    const rows = data.arraySync() as number[][];
    for (let at = 0; at < 400; at += 8) {
      const sums = tf.tidy(() =>
        tf.sum(tf.matMul(tf.slice(data, [at, 0], [8, 8]) as tf.Tensor2D, weights), 1).dataSync(),
      );
      const expected = tf.tidy(() => tf.sum(tf.matMul(rows.slice(at, at + 8), weights), 1).dataSync());
      expect(sums).toEqual(expected);
    }
    // The first, whose place has the same number as its axis; the second; one with the place as an input; one for batches
    // that are written out.
    expect(watched.built).toBe(4);
  });
});

describe('a training step', () => {
  it('is one run of one graph, with its optimizer', async () => {
    const weights = tf.variable(values([6, 3], 4) as tf.Tensor2D);
    const bias = tf.variable(tf.zeros([3]));
    const optimizer = tf.train.adam(0.01);
    const x = values([16, 6], 5) as tf.Tensor2D;
    const losses: number[] = [];
    for (let step = 0; step < 6; step++) {
      const loss = tf.tidy(
        () => optimizer.minimize(() => tf.mean(tf.square(tf.add(tf.matMul(x, weights), bias))), true)!,
      );
      losses.push((await loss.data())[0]!);
      loss.dispose();
      if (step === 1) watched.reset();
    }
    expect(watched).toMatchObject({ built: 0, runs: 4 });
    expect(losses.toSorted((a, b) => b - a)).toEqual(losses);
    tf.dispose([weights, bias]);
    optimizer.dispose();
  });

  it('takes weights that stay for constants, and others when they change', () => {
    const weights = tf.variable(values([8, 8], 6) as tf.Tensor2D);
    const x = values([2, 8], 7) as tf.Tensor2D;
    const forward = (): number[] => tf.tidy(() => [...tf.relu(tf.matMul(x, weights)).dataSync()]);
    const [one, two] = [values([8, 8], 8) as tf.Tensor2D, values([8, 8], 9) as tf.Tensor2D];
    const expected = [one, two].map((w) => tf.tidy(() => [...tf.matMul(x, w).dataSync()]));
    forward();
    watched.reset();
    for (let run = 0; run < 4; run++) forward();
    expect(watched.built).toBe(1);
    for (const turn of [0, 1, 0, 1]) {
      weights.assign(turn === 0 ? one : two);
      for (let run = 0; run < 5; run++) expect(forward()).toEqual(expected[turn]);
    }
    const step = tf.train.sgd(0.1);
    step.minimize(() => tf.sum(tf.matMul(x, weights)));
    const moved = tf.tidy(() => [...tf.matMul(x, weights.clone()).dataSync()]);
    for (let run = 0; run < 5; run++) expect(forward()).toEqual(moved);
    weights.dispose();
    expect(tf.tidy(() => [...tf.matMul(x, one).dataSync()])).toEqual(expected[0]);
  });
});

describe('a loop that reads nothing', () => {
  it('is cut after whole rounds: few sessions, and the same numbers', () => {
    let x = values([10], 3);
    const expected = [...x.dataSync()];
    for (let round = 0; round < 4000; round++) {
      x = tf.tidy(() => tf.add(tf.mul(x, 0.999), 0.5));
      for (let i = 0; i < 10; i++)
        expected[i] = Math.fround(Math.fround(expected[i]! * Math.fround(0.999)) + 0.5);
    }
    expect([...x.dataSync()]).toEqual(expected);
    expect(watched.built).toBeLessThanOrEqual(3);
    expect(Math.max(...watched.programs.map(({ nodes }) => nodes))).toBeLessThanOrEqual(2100);
  });

  it('builds no session in later epochs of a fit', async () => {
    const x = values([320, 4], 1);
    const y = tf.sum(x, 1, true);
    const model = layers.sequential();
    model.add(layers.layers.dense({ units: 5, inputShape: [4], activation: 'tanh' }));
    model.add(layers.layers.dense({ units: 1 }));
    model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
    const built: number[] = [];
    const onEpochEnd = (): void => {
      built.push(watched.built);
      watched.reset();
    };
    const { history } = await model.fit(x, y, {
      batchSize: 8,
      epochs: 4,
      shuffle: false,
      verbose: 0,
      callbacks: { onEpochEnd },
    });
    const losses = history.loss as number[];
    expect(losses.toSorted((a, b) => b - a)).toEqual(losses);
    expect(built[0]).toBeLessThanOrEqual(6);
    expect(built.slice(2)).toEqual([0, 0]);
    model.dispose();
  });

  it('keeps no more than so many bytes of inputs that nobody holds', () => {
    const buffer = new Float32Array(2 ** 24);
    const sums = Array.from({ length: 6 }, (_, i) => {
      buffer.set([-1, i + 1]);
      return tf.tidy(() => tf.sum(tf.tensor1d(buffer)));
    });
    expect(watched.programs).toEqual([{ nodes: 5, outputs: 5 }]);
    expect(sums.map((sum) => sum.dataSync()[0])).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('is found by the operators that repeat', () => {
    const nodes = (text: string): never => [...text].map((operator) => ({ operator })) as never;
    expect(wholeRounds(nodes('xxyabcdabcdabcdab'))).toBe(16);
    expect(wholeRounds(nodes('aaaa'))).toBe(4);
    expect(wholeRounds(nodes('abcdefgh'))).toBe(0);
    expect(wholeRounds(nodes('abcdefghijklmnopzz'))).toBe(0);
    expect(wholeRounds([])).toBe(0);
  });
});

describe('a graph that fails', () => {
  it('says which operation, and leaves the backend usable', () => {
    const kept = values([3]);
    // Places that are not known yet cannot be looked at before.
    const places = tf.cast(tf.mul(values([3], 2), 100), 'int32');
    const lost = tf.gather(tf.add(kept, 1), places);
    expect(() => lost.dataSync()).toThrow(/Cannot run the recorded graph: Gather: .*out of/);
    expect(() => lost.dataSync()).toThrow('failed; compute it anew');
    expect(() => tf.mul(lost, 2)).toThrow('failed; compute it anew');
    lost.dispose();
    expect([...tf.sub(kept, kept).dataSync()]).toEqual([0, 0, 0]);
  });
});
