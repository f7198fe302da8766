export { convolve } from './convolve';
export { filterGradient } from './filter-gradient';
export { packWeights } from './pack-weights';
export { padImage } from './pad-image';
export { averagePoolGradient, maxPoolGradient } from './pool-gradient';
