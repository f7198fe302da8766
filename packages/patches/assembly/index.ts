export { addNoise } from './add-noise';
export { interleave } from './interleave';
export { resample } from './resample';
