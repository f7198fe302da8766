export { type RasterizeOptions, rasterizeSpheres } from './rasterize-spheres.ts';
export { sliceRange } from './slice-range.ts';
export type { Sphere } from './sphere.ts';
