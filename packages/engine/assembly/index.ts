export { adamUpdate } from './adam-update';
export { combineChannels, reluGradient, scaleChannels } from './channel-maps';
export { channelProducts, channelSquares, channelSums } from './channel-sums';
export { copyRows } from './copy-rows';
export { correlateRows } from './correlate';
export { addGroups, filterGradientGroups } from './filter-gradient-groups';
export { packWeights } from './pack-weights';
export { averagePoolGradient, maxPoolGradient } from './pool-gradient';
