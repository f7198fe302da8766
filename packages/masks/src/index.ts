export { isLung, lungOf } from './lung-labels.ts';
export { nearLung } from './near-lung.ts';
export { type RasterizeOptions, rasterizeSpheres } from './rasterize-spheres.ts';
export { type SegmentLungsOptions, segmentLungs } from './segment-lungs.ts';
export { sliceRange } from './slice-range.ts';
export type { Sphere } from './sphere.ts';
export type { RunVisitor } from './visit-runs.ts';
export { visitSphere } from './visit-sphere.ts';
