import type { Trial } from './free-axes.ts';

/** A size that follows a free axis: ⌊(factor · size + offset) / divisor⌋. */
export interface SizeExpression {
  readonly name: string;
  readonly factor: number;
  readonly offset: number;
  readonly divisor: number;
}

/** How a size follows one free axis, told from what it was in each trial; undefined if it does not. */
export function expressSize(sizes: readonly number[], trials: readonly Trial[]): SizeExpression | undefined {
  for (const name of trials[0]!.keys()) {
    const axis = trials.map((trial) => trial.get(name)!);
    const rise = (sizes[1]! - sizes[0]!) / (axis[1]! - axis[0]!);
    const factor = Math.max(1, Math.round(rise));
    const divisor = rise > 0 && rise < 1 ? Math.round(1 / rise) : 1;
    for (let rest = 0; rest < divisor; rest++) {
      const offset = divisor * sizes[0]! - factor * axis[0]! + rest;
      const expression = { name, factor, offset, divisor };
      if (trials.every((trial, i) => evaluate(expression, trial) === sizes[i])) return expression;
    }
  }
  return undefined;
}

function evaluate({ name, factor, offset, divisor }: SizeExpression, trial: Trial): number {
  return Math.floor((factor * trial.get(name)! + offset) / divisor);
}

/** The expression as text: `height`, `2*height`, `floor((height+1)/2)`. */
export function textOf({ name, factor, offset, divisor }: SizeExpression): string {
  const product = factor === 1 ? name : `${factor}*${name}`;
  const sum = offset === 0 ? product : `${product}${offset > 0 ? '+' : ''}${offset}`;
  if (divisor === 1) return sum;
  return `floor(${sum === name ? name : `(${sum})`}/${divisor})`;
}
