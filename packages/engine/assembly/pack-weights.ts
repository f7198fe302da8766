/**
 * Lays a filter out in panels of eight output channels, `[ceil(outputs / 8)][taps in y][taps in x][inputs][8]`,
 * so that the innermost loop of a convolution reads it front to back. Missing outputs of the last panel are zero.
 *
 * The strides are in elements and may be negative: one routine packs a filter as it stands, flipped and transposed
 * (for the input gradient), or every s-th tap of it (for the input gradient of a strided convolution).
 */
export function packWeights(
  source: usize,
  target: usize,
  tapsY: i32,
  tapsX: i32,
  inputs: i32,
  outputs: i32,
  strideY: i32,
  strideX: i32,
  strideInput: i32,
  strideOutput: i32,
): void {
  let to: usize = target;
  for (let panel: i32 = 0; panel < outputs; panel += 8) {
    for (let y: i32 = 0; y < tapsY; y++) {
      for (let x: i32 = 0; x < tapsX; x++) {
        for (let input: i32 = 0; input < inputs; input++) {
          const base: i32 = y * strideY + x * strideX + input * strideInput;
          for (let lane: i32 = 0; lane < 8; lane++) {
            const output: i32 = panel + lane;
            const value: f32 =
              output < outputs ? load<f32>(source + <usize>((base + output * strideOutput) << 2)) : 0;
            store<f32>(to, value);
            to += 4;
          }
        }
      }
    }
  }
}
