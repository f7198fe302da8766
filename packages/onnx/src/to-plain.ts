import type { HostData } from './graph/element-type.ts';
import { blockOf, type Value } from './graph/value.ts';

/** A value's elements in the order of its shape. */
export function toPlain({ shape, layout }: Value, data: HostData): HostData {
  if (layout === 'plain') return data;
  const [n, h, w, c] = shape as [number, number, number, number];
  const block = blockOf(layout) || 1;
  if (block === c) return data;
  const pixels = h * w;
  const plain = data.slice();
  let from = 0;
  for (let image = 0; image < n; image++) {
    for (let channel = 0; channel < c; channel += block) {
      const base = image * pixels * c + channel;
      for (let pixel = 0; pixel < pixels; pixel++) {
        const to = base + pixel * c;
        for (let i = 0; i < block; i++) plain[to + i] = data[from++]!;
      }
    }
  }
  return plain;
}
