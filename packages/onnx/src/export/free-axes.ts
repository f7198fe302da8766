import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Axes of an input, counted as tfjs counts them: a name for one that may have any size, or the size that it has. */
export type InputAxes = Readonly<Record<number, string | number>>;

/** An input's axes in order: names of free ones, sizes of the others. */
export type InputSizes = readonly (string | number)[];

/** Sizes of the free axes, by their names. */
export type Trial = ReadonlyMap<string, number>;

/**
 * Every input's axes, given or as the model leaves them open.
 *
 * @throws {RangeError} if an input has no such axis, a size is none, or an open axis has neither name nor size.
 */
export function axesOfInputs(
  { inputs, inputNames }: Pick<LayersModel, 'inputs' | 'inputNames'>,
  given: readonly InputAxes[] | undefined,
): InputSizes[] {
  if (given && given.length !== inputs.length) {
    throw new RangeError(
      `Cannot export: dynamicAxes are ${given.length} for ${inputs.length} inputs (${inputNames.join(', ')}); give one for each`,
    );
  }
  return inputs.map(({ shape }, i) => {
    const axes = given?.[i];
    const where = `of input '${inputNames[i]}', which is [${shape.map((size) => size ?? 'any')}]`;
    for (const [axis, size] of Object.entries(axes ?? {})) {
      if (!(Number(axis) in shape)) throw new RangeError(`Cannot export: there is no axis ${axis} ${where}`);
      if (size === '' || (typeof size === 'number' && !(Number.isInteger(size) && size > 0))) {
        throw new RangeError(
          `Cannot export: ${JSON.stringify(size)} is neither name nor size of axis ${axis} ${where}`,
        );
      }
    }
    return shape.map((size, axis) => {
      const found = axes ? (axes[axis] ?? size) : (size ?? nameOf(shape.length, axis));
      if (found === null) {
        throw new RangeError(
          `Cannot export: dynamicAxes leave out axis ${axis} ${where}; give its name or its size`,
        );
      }
      return found;
    });
  });
}

function nameOf(rank: number, axis: number): string {
  const places = { 3: ['length'], 4: ['height', 'width'], 5: ['depth', 'height', 'width'] }[rank] ?? [];
  return axis === 0 ? 'batch' : (places[axis - 1] ?? `size${axis}`);
}

/** The model's inputs have these shapes in a trial. */
export function shapesOf(inputs: readonly InputSizes[], trial: Trial): number[][] {
  return inputs.map((sizes) => sizes.map((size) => (typeof size === 'string' ? trial.get(size)! : size)));
}

/** How many trials every model has to pass; the others are for sizes that not every model can have. */
export const required = 3;

/**
 * Sizes to record with, such that no free axis follows another in a straight line. The first three suit five poolings by 2.
 * The others are odd multiples of 16, 8, 4, 2 and 1, at which halves are rounded and paddings differ.
 */
export function trialsOf(inputs: readonly InputSizes[]): Trial[] {
  const free = [...new Set(inputs.flat().filter((size) => typeof size === 'string'))];
  if (free.length === 0) return [new Map()];
  const batches = new Set(inputs.map(([first]) => first));
  const others = free.filter((name) => !batches.has(name));
  const sizesIn = (trial: number): Trial =>
    new Map(
      free.map((name) => {
        const place = others.indexOf(name);
        return [name, place < 0 ? batchIn(trial) + 16 * free.indexOf(name) : sizeIn(trial, place)];
      }),
    );
  return [0, 1, 2, ...(others.length === 0 ? [] : [3, 4, 5, 6, 7])].map(sizesIn);
}

function batchIn(trial: number): number {
  return [2, 3, 7, 5, 4, 9, 6, 8][trial]!;
}

function sizeIn(trial: number, place: number): number {
  const first = 2 + 6 * place;
  if (trial < required) return 32 * (first + [0, place + 2, 1][trial]!);
  const odd = 1 + 2 * (((place + 1) * trial) % 3);
  return 32 * first + odd * 2 ** (7 - trial);
}
