import type { HostData } from './graph/element-type.ts';
import type { Value } from './graph/value.ts';

/** A value's elements in the order of its shape. */
export function toPlain({ shape, layout }: Value, data: HostData): HostData {
  if (layout === 'plain') return data;
  const [n, h, w, c] = shape as [number, number, number, number];
  const pixels = h * w;
  const plain = data.slice();
  for (let image = 0; image < n; image++) {
    const base = image * pixels * c;
    for (let channel = 0; channel < c; channel++) {
      let from = base + channel * pixels;
      for (let to = base + channel; to < base + pixels * c; to += c) plain[to] = data[from++]!;
    }
  }
  return plain;
}
