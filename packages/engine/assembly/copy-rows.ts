/** Copies `rows` rows of `bytes` bytes, a multiple of 4, between two layouts with their own distance between rows. */
export function copyRows(
  source: usize,
  target: usize,
  rows: i32,
  bytes: i32,
  sourceStep: i32,
  targetStep: i32,
): void {
  if (bytes > 1024) {
    for (let row: i32 = 0; row < rows; row++) {
      memory.copy(target, source, <usize>bytes);
      source += <usize>sourceStep;
      target += <usize>targetStep;
    }
    return;
  }
  const vectors: usize = <usize>bytes & ~15;
  for (let row: i32 = 0; row < rows; row++) {
    let at: usize = 0;
    for (; at < vectors; at += 16) v128.store(target + at, v128.load(source + at));
    for (; at < <usize>bytes; at += 4) store<i32>(target + at, load<i32>(source + at));
    source += <usize>sourceStep;
    target += <usize>targetStep;
  }
}
