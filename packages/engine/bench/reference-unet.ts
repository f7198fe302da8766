export { referenceUnet } from '../src/doctor/reference-step.ts';

/** Multiply-adds of one forward pass over `pixels` pixels. */
export function multiplyAdds(filters: number, pixels: number): number {
  const f = filters;
  const first = 9 * (7 * f + f * f) + 9 * (2 * f * f + f * f) + 4 * 2 * f * f * 0.25 + f;
  const second = 9 * (2 * f * f + 4 * f * f) + 9 * (8 * f * f + 4 * f * f) + 4 * 8 * f * f * 0.25;
  const third = 9 * (8 * f * f + 16 * f * f);
  return pixels * (first + second / 4 + third / 16);
}
