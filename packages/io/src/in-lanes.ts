/**
 * Does pieces of work, several at a time; none is begun after one has failed.
 *
 * @param work gets the piece, from 0 to `count` − 1, and the lane that it runs in.
 */
export async function inLanes(
  count: number,
  lanes: number,
  work: (piece: number, lane: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const run = async (lane: number): Promise<void> => {
    while (next < count) await work(next++, lane);
  };
  try {
    await Promise.all(Array.from({ length: Math.min(lanes, count) }, (_, lane) => run(lane)));
  } finally {
    next = count;
  }
}
