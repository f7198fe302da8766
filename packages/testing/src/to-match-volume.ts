import { expect } from 'vitest';
import type { VolumeLike } from './volume-like.ts';

/** How far two volumes may differ. */
export interface VolumeTolerance {
  /** Of a voxel's value; 0: bit for bit. */
  readonly value?: number;
  /** Of spacing, origin and direction; the default forgives what printing a double costs. */
  readonly geometry?: number;
}

interface VolumeMatchers<R = unknown> {
  /** Compares geometry, array type, shape and voxels, and names the first that differs. */
  toMatchVolume(expected: VolumeLike, tolerance?: VolumeTolerance): R;
}

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: must equal vitest's own declaration to merge with it.
  interface Matchers<T = any> extends VolumeMatchers<T> {}
}

expect.extend({
  toMatchVolume(received: VolumeLike, expected: VolumeLike, tolerance: VolumeTolerance = {}) {
    const problem = firstVolumeDifference(received, expected, tolerance);
    return {
      pass: problem === undefined,
      message: () =>
        problem ?? 'Expected the volumes to differ, but geometry and voxels are within the tolerance',
    };
  },
});

/** Describes the first difference of two volumes; undefined if there is none. */
export function firstVolumeDifference(
  received: VolumeLike,
  expected: VolumeLike,
  { value = 0, geometry = 1e-9 }: VolumeTolerance = {},
): string | undefined {
  for (const field of ['size', 'spacing', 'origin', 'direction'] as const) {
    const [got, want] = [received.geometry[field], expected.geometry[field]];
    const isClose = got.length === want.length && want.every((n, i) => Math.abs(n - got[i]!) <= geometry);
    if (!isClose) return `Expected ${field} ${want.join(' ')}, received ${got.join(' ')}`;
  }
  const { voxels } = expected;
  const type = voxels.data.constructor.name;
  if (received.voxels.data.constructor.name !== type) {
    return `Expected voxels in a ${type}, received ${received.voxels.data.constructor.name}`;
  }
  if (received.voxels.shape.join() !== voxels.shape.join()) {
    return `Expected voxels of shape ${voxels.shape.join('x')}, received ${received.voxels.shape.join('x')}`;
  }
  const [, height = 1, width = 1, channels = 1] = voxels.shape;
  for (let i = 0; i < voxels.data.length; i++) {
    const [got, want] = [received.voxels.data[i]!, voxels.data[i]!];
    // A difference that is not a number (NaN against a value) is one too; NaN against NaN is none.
    if (Object.is(got, want) || Math.abs(Number(got) - Number(want)) <= value) continue;
    const voxel = Math.floor(i / channels);
    const index = [voxel % width, Math.floor(voxel / width) % height, Math.floor(voxel / width / height)];
    const channel = channels === 1 ? '' : ` channel ${i % channels}`;
    return `Expected voxel [${index.join(', ')}]${channel} (x y z) to be ${want}, received ${got}`;
  }
  return undefined;
}
