import { toVoxels, type Voxels } from '@lunet/io';

/**
 * A prediction as a careless network gives it: a faint background, soft balls of 4 to 30 mm, and winding vessels, thin
 * and above a half.
 *
 * @param noise share of the voxels that lie above a half for no reason.
 */
export function makeProbabilities(
  [width, height, depth]: readonly [x: number, y: number, z: number],
  {
    seed,
    balls = 40,
    vessels = 1600,
    noise = 0,
  }: { seed: number; balls?: number; vessels?: number; noise?: number },
): Voxels<Float32Array> {
  const data = new Float32Array(width * height * depth);
  let state = seed >>> 0;
  // Numerical Recipes' generator; its high bits are good enough for a benchmark.
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (let voxel = 0; voxel < data.length; voxel++) {
    const draw = random();
    data[voxel] = draw < noise ? 0.5 + 0.5 * random() : 0.1 * draw;
  }
  const drawBall = (cx: number, cy: number, cz: number, radius: number, peak: number): void => {
    const reach = Math.ceil(1.5 * radius);
    for (let z = Math.max(0, Math.ceil(cz - reach)); z <= Math.min(depth - 1, cz + reach); z++) {
      for (let y = Math.max(0, Math.ceil(cy - reach)); y <= Math.min(height - 1, cy + reach); y++) {
        for (let x = Math.max(0, Math.ceil(cx - reach)); x <= Math.min(width - 1, cx + reach); x++) {
          const distance = Math.hypot(x - cx, y - cy, z - cz) / radius;
          const p = peak / (1 + Math.exp(8 * (distance - 1)));
          const voxel = (z * height + y) * width + x;
          if (p > data[voxel]!) data[voxel] = p;
        }
      }
    }
  };
  for (let ball = 0; ball < balls; ball++) {
    drawBall(
      random() * width,
      random() * height,
      random() * depth,
      3 + 17 * random() ** 2,
      0.6 + 0.4 * random(),
    );
  }
  for (let vessel = 0; vessel < vessels; vessel++) {
    let [x, y, z] = [random() * width, random() * height, random() * depth];
    let [azimuth, height2] = [2 * Math.PI * random(), 2 * random() - 1];
    const peak = 0.55 + 0.4 * random();
    for (let step = 0; step < 60; step++) {
      drawBall(x, y, z, 1.5, peak);
      azimuth += 0.6 * (random() - 0.5);
      height2 = Math.max(-1, Math.min(1, height2 + 0.3 * (random() - 0.5)));
      const across = Math.sqrt(1 - height2 * height2);
      x += across * Math.cos(azimuth);
      y += across * Math.sin(azimuth);
      z += height2;
    }
  }
  return toVoxels(data, [depth, height, width]);
}
