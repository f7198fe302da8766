import type { Heap, ScratchName } from './heap.ts';

/**
 * Floats in one row as assembly/channel-job.ts reads an NHWC tensor: the least common multiple of the channels and the
 * vector width of four.
 */
export function periodOf(channels: number): number {
  if (channels % 4 === 0) return channels;
  return channels % 2 === 0 ? channels * 2 : channels * 4;
}

/** Writes one coefficient per channel to scratch memory, repeated to fill a row; returns the address. */
export function writeCoefficients(
  heap: Heap,
  name: ScratchName,
  values: ArrayLike<number>,
  period: number,
): number {
  const address = heap.scratch(name, period * 4);
  const row = heap.floats(address, period);
  for (let i = 0; i < period; i += values.length) row.set(values, i);
  return address;
}

/** Addresses and sizes of a kernel's operands, as assembly/channel-job.ts names them. */
interface Operands {
  readonly x: number;
  readonly g?: number;
  readonly length: number;
  readonly period: number;
  readonly a?: number;
  readonly b?: number;
  readonly c?: number;
}

/** An element takes as long as so many multiply-adds in the cache: it comes from memory. */
const multiplyAddsPerElement = 4;

/** Maps a tensor to another. */
export function mapChannels(
  heap: Heap,
  kernel: 'scaleChannels' | 'combineChannels' | 'reluGradient',
  operands: Operands & { readonly out: number },
): void {
  const { x, g = 0, out, length, period, a = 0, b = 0, c = 0 } = operands;
  const job = heap.writeJob([x, g, out, length, period, a, b, c, 0, 0]);
  heap.parallel(kernel, job, Math.ceil(length / period), length * multiplyAddsPerElement);
}

/** Floats of a tensor that make it worth another group of sums; at most eight, whatever the threads. */
const floatsPerGroup = 65_536;
const mostGroups = 8;

/** Sums over all pixels, by channel: one array, or two of `channelProducts`. */
export function reduceChannels(
  heap: Heap,
  kernel: 'channelSums' | 'channelSquares' | 'channelProducts',
  channels: number,
  { x, g = 0, length, period, a = 0 }: Operands,
): Float64Array[] {
  const arrays = kernel === 'channelProducts' ? 2 : 1;
  const groups = Math.min(mostGroups, Math.ceil(length / floatsPerGroup));
  const sums = heap.scratch('sums', groups * arrays * period * 8);
  const job = heap.writeJob([x, g, sums, length, period, a, 0, 0, groups, arrays * period * 8]);
  heap.parallel(kernel, job, groups, length * multiplyAddsPerElement);
  const lanes = heap.doubles(sums, groups * arrays * period);
  const totals = Array.from({ length: arrays }, () => new Float64Array(channels));
  for (let i = 0; i < lanes.length; i++) {
    totals[Math.floor(i / period) % arrays]![(i % period) % channels]! += lanes[i]!;
  }
  return totals;
}

/** Σ x over all pixels, by channel. */
export function sumChannels(heap: Heap, x: number, length: number, channels: number): Float64Array {
  return reduceChannels(heap, 'channelSums', channels, { x, length, period: periodOf(channels) })[0]!;
}
