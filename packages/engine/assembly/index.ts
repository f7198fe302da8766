export { combineChannels, scaleChannels } from './channel-maps';
export { channelProducts, channelSquares, channelSums } from './channel-sums';
export { convolve } from './convolve';
export { copyRows } from './copy-rows';
export { filterGradient } from './filter-gradient';
export { packWeights } from './pack-weights';
export { padImage } from './pad-image';
export { averagePoolGradient, maxPoolGradient } from './pool-gradient';
export { reluGradient } from './relu-gradient';
