import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { differentiable, type Images, programs } from './image-programs.ts';
import {
  type Arranged,
  backends,
  difference,
  inLayout,
  numbers,
  onCpu,
  startBackends,
} from './on-backend.ts';

type Arrangement = readonly Arranged[];

beforeAll(startBackends);

describe.each(backends)('kernels of images in every layout, on %s', (backend, layouts) => {
  beforeAll(() => tf.setBackend(backend));

  it.each(Object.entries(programs))('agree with the cpu backend on %s', async (_, program) => {
    const [expected] = await onCpu(() => evaluate(program, [[]]));
    const arrangements = arrangementsOf(program, layouts);
    for (const [i, { type, values }] of evaluate(program, arrangements).entries()) {
      expect(type, `${arrangements[i]}`).toBe(expected!.type);
      expect(difference(values, expected!.values), `${arrangements[i]}`).toBeLessThan(1e-4);
    }
  });

  it.each(Object.entries(differentiable))(
    'agree with the cpu backend on the gradients of %s',
    async (_, operation) => {
      const [expected] = await onCpu(() => differentiate(operation, [[]]));
      const arrangements = arrangementsOf(operation, layouts);
      for (const [i, found] of differentiate(operation, arrangements).entries()) {
        for (const [j, values] of expected!.entries()) {
          const which = `${['result', 'gradient by x', 'gradient by y'][j]}, ${arrangements[i]}`;
          expect(difference(found[j]!, values), which).toBeLessThan(1e-4);
        }
      }
    },
  );
});

/** Each layout alone, and each beside another. */
function arrangementsOf({ length }: Images, layouts: Arrangement): readonly Arrangement[] {
  if (length === 1) return layouts.map((layout) => [layout]);
  const beside = { plain: 'nchw', nchw: 'blocked', blocked: 'plain' } as const;
  return layouts.flatMap((layout) => [
    [layout, layout],
    [layout, beside[layout]],
  ]);
}

/** An operation's results for images in those layouts, all in one run. */
function evaluate(
  program: Images,
  arrangements: readonly Arrangement[],
): { type: string; values: number[] }[] {
  return tf.tidy(() =>
    arrangements
      .map((arrangement) => {
        const [x, y] = images([2, 3, 4, 32], 2, arrangement);
        return program(x!, y!);
      })
      .map((result) => ({ type: `${result.dtype} ${result.shape}`, values: [...result.dataSync()] })),
  );
}

/** An operation's results, and the gradients of weighted sums of them by the images that it takes. */
function differentiate(operation: Images, arrangements: readonly Arrangement[]): ArrayLike<number>[][] {
  const run = (...[x, y]: tf.Tensor[]): tf.Tensor => operation(x as tf.Tensor4D, y as tf.Tensor4D);
  return tf.tidy(() =>
    arrangements
      .map((arrangement) => {
        const given = images([2, 4, 6, 32], 1, arrangement).slice(0, operation.length);
        const result = run(...given);
        const weights = tf.tensor(numbers(result.shape, 7), result.shape);
        return [result, ...tf.grads(run)(given, weights)];
      })
      .map((tensors) => tensors.map((tensor) => tensor.dataSync())),
  );
}

/** Two images of numbers up to `scale`, in the layouts that are given for them. */
function images(shape: number[], scale: number, arrangement: Arrangement): tf.Tensor4D[] {
  return [1, 2].map((seed, i) => {
    const image: tf.Tensor = tf.tensor(
      numbers(shape, seed).map((value) => scale * value),
      shape,
    );
    const layout = arrangement[i];
    return (layout ? inLayout(image, layout) : image) as tf.Tensor4D;
  });
}
