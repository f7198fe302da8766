/**
 * Lets timers, input and signals through: the wasm and cpu backends compute before they return a promise, so that
 * awaiting them alone would hold up everything else until the scan is done.
 *
 * A message is handled at once, even in a hidden tab, where timers wait a second and animation frames for ever.
 */
export function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
