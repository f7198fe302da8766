export { dlwptLoss } from './dlwpt-loss.ts';
export { addCounts, countPixels, countTensorPixels, noCounts, type PixelCounts } from './pixel-counts.ts';
export { type Scores, scoresOf } from './scores.ts';
export { type WeightedCrossEntropyOptions, weightedCrossEntropy } from './weighted-cross-entropy.ts';
export { type Reduction, type WeightedDiceOptions, weightedDice } from './weighted-dice.ts';
