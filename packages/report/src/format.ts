import type { Estimate } from './report-data.ts';

type Maybe = number | null | undefined;

/** How a figure is written; a locale would make reports differ between machines. */
export type Format = (value: Maybe) => string;

/** What stands where nothing was there to be measured. */
const NOTHING = '–';

/** 0.9138 → `91.4 %`. */
export const percent: Format = (value) => (isFigure(value) ? `${(value * 100).toFixed(1)}\u00a0%` : NOTHING);

/** 0.9138 → `91 %`. */
export const wholePercent: Format = (value) =>
  isFigure(value) ? `${(value * 100).toFixed(0)}\u00a0%` : NOTHING;

/** 0.21 → `+21 %`. */
export const signedPercent: Format = (value) =>
  isFigure(value) ? `${sign(value * 100)}${Math.abs(value * 100).toFixed(0)}\u00a0%` : NOTHING;

/** 0.83414 → `0.834`. */
export const ratio: Format = (value) => (isFigure(value) ? value.toFixed(3) : NOTHING);

/** 2.345 → `2.35`, 23.45 → `23.5`, 2345 → `2,345`. */
export const rate: Format = (value) => {
  if (!isFigure(value)) return NOTHING;
  return value >= 100 ? count(Math.round(value)) : value.toFixed(value >= 10 ? 1 : 2);
};

/** 12.345 → `12.3`, with a minus sign where one is due. */
export function millimetres(value: number): string {
  return `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(1)}`;
}

/** 35192 → `35,192`. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A threshold in as many digits as tell it: 0.5, 0.123, 0.9987. */
export function figure(value: number): string {
  return String(Number(value.toFixed(4)));
}

/** `1 nodule`, `2 nodules`. */
export function counted(value: number, noun: string): string {
  return `${count(value)}\u00a0${noun}${value === 1 ? '' : 's'}`;
}

/** `0.834 (0.801–0.866)`, or the figure alone where it has no interval. */
export function withBounds(estimate: Estimate, format: Format): string {
  const figure = format(estimate.value);
  return hasBounds(estimate) ? `${figure} (${bounds(estimate, format)})` : figure;
}

/** Whether there is an interval: a figure of one scan has none. */
export function hasBounds(estimate: Estimate | null | undefined): boolean {
  return isFigure(estimate?.lower) && isFigure(estimate.upper);
}

/** `84.1–97.0 %`: the bounds as the figure is written, its unit once. */
export function bounds(estimate: Estimate | null | undefined, format: Format): string {
  const { lower, upper } = estimate ?? {};
  if (!isFigure(lower) || !isFigure(upper)) return NOTHING;
  const [low, high] = [format(lower), format(upper)];
  const unit = '\u00a0%';
  // A dash between signed figures would be read as another sign.
  const dash = /[+−]/.test(low + high) ? ' to ' : '–';
  return `${low.endsWith(unit) && high.endsWith(unit) ? low.slice(0, -unit.length) : low}${dash}${high}`;
}

export function isFigure(value: Maybe): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function sign(value: number): string {
  const rounded = Math.round(value);
  return rounded > 0 ? '+' : rounded < 0 ? '−' : '';
}
