/** So many that a random 12-bit number picks one. */
const levels = 4096;

/**
 * Tabulates 4,096 equally likely quantiles of the normal distribution, the largest 3.66 σ; their variance is 1.
 *
 * Integrates the density by the midpoint rule and reads the quantile at the middle of each level.
 */
export function normalQuantiles(): Float32Array {
  const table = new Float32Array(levels);
  const step = 1 / 4096;
  let cumulative = 0;
  let level = 0;
  for (let x = -6; level < levels && x < 6; x += step) {
    const density = (Math.exp(-((x + step / 2) ** 2) / 2) / Math.sqrt(2 * Math.PI)) * step;
    while (level < levels && cumulative + density > (level + 0.5) / levels) {
      table[level] = x + (step * ((level + 0.5) / levels - cumulative)) / density;
      level++;
    }
    cumulative += density;
  }
  const deviation = Math.sqrt(table.reduce((sum, value) => sum + value * value, 0) / levels);
  return table.map((value) => value / deviation);
}
