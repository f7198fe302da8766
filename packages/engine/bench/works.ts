import type { ReferenceSize } from '../src/doctor/reference-step.ts';

/** Something that each engine is timed at: a training step of the reference U-Net, or the prediction of a slice. */
export interface Work extends ReferenceSize {
  readonly key: string;
  readonly title: string;
  readonly kind: 'step' | 'slice';
}

export const works: readonly Work[] = [
  {
    key: 'step-16',
    title: 'training step, 16 crops of 64×64',
    kind: 'step',
    filters: 16,
    batch: 16,
    size: 64,
  },
  {
    key: 'step-64',
    title: 'training step, 64 crops of 64×64',
    kind: 'step',
    filters: 16,
    batch: 64,
    size: 64,
  },
  {
    key: 'wide',
    title: 'training step of 64 filters, 8 crops',
    kind: 'step',
    filters: 64,
    batch: 8,
    size: 64,
  },
  { key: 'slice', title: 'one slice of 512×512', kind: 'slice', filters: 16, batch: 1, size: 512 },
];

/** Operations on floats of a work's convolutions; a step's backward pass takes twice its forward pass. */
export function flopsOf({ kind, filters, batch, size }: Work): number {
  const f = filters;
  const first = 9 * (7 * f + f * f) + 9 * (2 * f * f + f * f) + 4 * 2 * f * f * 0.25 + f;
  const second = 9 * (2 * f * f + 4 * f * f) + 9 * (8 * f * f + 4 * f * f) + 4 * 8 * f * f * 0.25;
  const third = 9 * (8 * f * f + 16 * f * f);
  const multiplyAdds = batch * size * size * (first + second / 4 + third / 16);
  return 2 * multiplyAdds * (kind === 'step' ? 3 : 1);
}
