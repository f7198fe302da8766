import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { ChunkSet } from '../chunks/chunk.ts';
import type { RandomGenerator } from '../generator.ts';

/** How many samples of what an epoch has. */
export interface EpochOptions {
  /** Samples of each nodule. */
  readonly samplesPerNodule: number;
  /** Negatives for each sample of a nodule. */
  readonly negativesPerPositive: number;
}

/**
 * Counts the samples of every epoch: the same each time.
 *
 * @throws {RangeError} if the set has no nodule, or no negative although some are asked for, or a number is out of range.
 */
export function countSamples({ chunks }: ChunkSet, options: EpochOptions): number {
  const { samplesPerNodule, negativesPerPositive } = options;
  if (!(Number.isInteger(samplesPerNodule) && samplesPerNodule > 0)) {
    throw new RangeError(`Cannot plan epochs: samplesPerNodule is ${samplesPerNodule}, expected 1 or more`);
  }
  if (!(Number.isFinite(negativesPerPositive) && negativesPerPositive >= 0)) {
    throw new RangeError(
      `Cannot plan epochs: negativesPerPositive is ${negativesPerPositive}, expected 0 or more`,
    );
  }
  const nodules = chunks.filter(({ kind }) => kind === 'nodule').length;
  if (nodules === 0) {
    throw new RangeError(`Cannot plan epochs: none of the ${chunks.length} chunks holds a nodule`);
  }
  const positives = nodules * samplesPerNodule;
  const negatives = Math.round(positives * negativesPerPositive);
  if (negatives > 0 && nodules === chunks.length) {
    throw new RangeError(
      `Cannot plan epochs with ${negativesPerPositive} negatives per positive: no chunk is a negative`,
    );
  }
  return positives + negatives;
}

/**
 * Orders the chunks of one epoch: every nodule `samplesPerNodule` times, the negatives drawn anew, all shuffled.
 *
 * Negatives are dealt from a shuffled pool, so none comes twice before each of them came once.
 */
export function planEpoch(set: ChunkSet, options: EpochOptions, generator: RandomGenerator): Int32Array {
  const order = new Int32Array(countSamples(set, options));
  const nodules: number[] = [];
  const negatives: number[] = [];
  for (const [index, { kind }] of set.chunks.entries()) (kind === 'nodule' ? nodules : negatives).push(index);
  const positives = nodules.length * options.samplesPerNodule;
  for (let i = 0; i < positives; i++) order[i] = nodules[i % nodules.length]!;
  for (let i = positives; i < order.length; i++) {
    const turn = (i - positives) % negatives.length;
    if (turn === 0) shuffle(negatives, generator);
    order[i] = negatives[turn]!;
  }
  shuffle(order, generator);
  return order;
}

/** Fisher and Yates. */
function shuffle(items: number[] | Int32Array, generator: RandomGenerator): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = uniformInt(generator, 0, i);
    const item = items[i]!;
    items[i] = items[j]!;
    items[j] = item;
  }
}
