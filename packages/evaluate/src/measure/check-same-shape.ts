/**
 * Checks that volumes have voxels of one shape.
 *
 * @param action what cannot be done otherwise, for the message.
 * @throws {TypeError} if one differs from the first.
 */
export function checkSameShape(
  action: string,
  volumes: Readonly<Record<string, { readonly voxels: { readonly shape: readonly number[] } }>>,
): void {
  const shapes = Object.entries(volumes).map(([name, { voxels }]) => [name, voxels.shape.join('x')] as const);
  if (shapes.every(([, shape]) => shape === shapes[0]![1])) return;
  throw new TypeError(
    `Cannot ${action}: the shapes differ (${shapes.map(([name, shape]) => `${name} ${shape}`).join(', ')})`,
  );
}
