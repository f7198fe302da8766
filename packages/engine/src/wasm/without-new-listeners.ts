/**
 * Runs `start` and takes away the process-wide listeners that it adds: emscripten's rethrow every uncaught error from
 * its own script, whose one line of 37,000 characters Node then prints in place of the error's origin.
 */
export async function withoutNewListeners<T>(start: () => Promise<T>): Promise<T> {
  if (typeof process === 'undefined' || process.versions?.node === undefined) return start();
  const events = ['uncaughtException', 'unhandledRejection'];
  const before = events.map((event) => process.listeners(event as 'exit'));
  try {
    return await start();
  } finally {
    events.forEach((event, i) => {
      for (const listener of process.listeners(event as 'exit')) {
        if (!before[i]!.includes(listener)) process.off(event, listener);
      }
    });
  }
}
