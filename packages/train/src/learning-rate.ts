/** Learning rate of a step; steps count from 0. */
export type LearningRate = (step: number) => number;

/** The same rate throughout, as the reference has it. */
export function constantRate(rate: number): LearningRate {
  return () => rate;
}

/**
 * Linear warm-up to `peak`, then half a cosine down to `peak · floor` (Loshchilov & Hutter, SGDR, 2017, without restarts).
 *
 * `warmup` need not be whole; the rate never exceeds `peak`.
 *
 * @throws {RangeError} if there are no steps.
 * @example
 * ```ts
 * const rate = cosineRate({ peak: 1e-3, steps: 100, warmup: 10, floor: 0 });
 * rate(0); // 1e-4
 * rate(9); // 1e-3
 * rate(55); // 5e-4
 * ```
 */
export function cosineRate({
  peak,
  steps,
  warmup = 0,
  floor = 0.01,
}: {
  readonly peak: number;
  readonly steps: number;
  readonly warmup?: number;
  readonly floor?: number;
}): LearningRate {
  if (!(steps > 0)) throw new RangeError(`Cannot schedule the learning rate over ${steps} steps`);
  return (step) => {
    if (step < warmup) return peak * Math.min(1, (step + 1) / warmup);
    const progress = Math.min(1, (step - warmup) / Math.max(1, steps - warmup));
    return peak * (floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * progress)));
  };
}
