/** Repeatable values in −1…1, different for each seed; rounded so that float32 holds them exactly. */
export function valuesFor(length: number, seed: number): Float32Array {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 16) - 32768) / 32768;
  });
}
