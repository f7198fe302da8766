/** Something that each engine is timed at. */
export interface Work {
  readonly key: string;
  readonly title: string;
  readonly kind: 'step' | 'slice';
  /** Channels of the reference U-Net's first level; the reference has 16. */
  readonly filters: number;
  readonly batch: number;
  /** Rows, and columns, of an image of seven channels. */
  readonly size: number;
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
