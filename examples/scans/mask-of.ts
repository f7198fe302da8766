import { findComponents } from '@lunet/evaluate';
import { toVoxels, type Volume } from '@lunet/io';

/** The voxels above a threshold, without components whose equivalent diameter is smaller than `minimumDiameterMm`. */
export function maskOf(
  { geometry, voxels }: Volume<Float32Array>,
  { threshold, minimumDiameterMm = 0 }: { readonly threshold: number; readonly minimumDiameterMm?: number },
): Volume<Uint8Array> {
  const { starts, ends, components, count } = findComponents(voxels, { threshold });
  const sizes = new Float64Array(count);
  for (let run = 0; run < starts.length; run++) sizes[components[run]!]! += ends[run]! - starts[run]!;
  const [x, y, z] = geometry.spacing;
  const mask = new Uint8Array(voxels.data.length);
  for (let run = 0; run < starts.length; run++) {
    const diameterMm = Math.cbrt((6 * sizes[components[run]!]! * x * y * z) / Math.PI);
    if (diameterMm >= minimumDiameterMm) mask.fill(1, starts[run], ends[run]);
  }
  return { geometry, voxels: toVoxels(mask, voxels.shape) };
}
