import type { Heap, ScratchName } from './heap.ts';

/**
 * Floats in one row as assembly/channel-sums.ts reads an NHWC tensor: the least common multiple of the channels and
 * the vector width of four.
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

/** Adds up the lanes of a row of sums that belong to the same channel. */
export function foldSums(heap: Heap, address: number, period: number, channels: number): Float64Array {
  const lanes = heap.doubles(address, period);
  const sums = new Float64Array(channels);
  for (let i = 0; i < period; i++) sums[i % channels]! += lanes[i]!;
  return sums;
}

/** Σ x over all pixels, by channel. */
export function sumChannels(heap: Heap, x: number, length: number, channels: number): Float64Array {
  const period = periodOf(channels);
  const sums = heap.scratch('sums', period * 8);
  heap.kernels.channelSums(x, length, period, sums);
  return foldSums(heap, sums, period, channels);
}
