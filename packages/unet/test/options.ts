import fc from 'fast-check';
import { resolveUnetOptions, type UnetOptions } from '../src/index.ts';
import { unetLayers, weightShapes } from '../src/topology.ts';

/** Small networks of every kind. */
export const anyOptions: fc.Arbitrary<UnetOptions> = fc.record({
  inputChannels: fc.integer({ min: 1, max: 3 }),
  filters: fc.integer({ min: 1, max: 3 }),
  depth: fc.integer({ min: 1, max: 4 }),
  blockConvolutions: fc.integer({ min: 1, max: 2 }),
  pooling: fc.constantFrom('average', 'max'),
  upsampling: fc.constantFrom('transposed', 'nearest', 'bilinear'),
  normalisation: fc.constantFrom('after', 'before', 'none'),
  inputNormalisation: fc.boolean(),
});

/** The weights that the list of layers announces. */
export function expectedShapes(options: UnetOptions): Map<string, number[]> {
  const layers = unetLayers(resolveUnetOptions(options));
  return new Map(
    layers.flatMap((layer) =>
      Object.entries(weightShapes(layer)).map(([name, shape]) => [`${layer.name}.${name}`, shape] as const),
    ),
  );
}
