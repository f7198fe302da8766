import { describe } from 'vitest';
import { type EngineName, startEngine } from '../src/index.ts';

/** Why native TensorFlow does not start here, in one line; undefined where it does. */
export const withoutTensorflow: string | undefined = await startEngine({ prefer: 'tensorflow' }).then(
  () => undefined,
  (error: Error) => error.message.split('\n')[0],
);

/** Describes for each of these engines; tensorflow is skipped, with the reason in the name, where it does not start. */
export function describeEngines(
  names: readonly EngineName[],
  what: string,
  fn: (name: EngineName) => void,
): void {
  for (const name of names) {
    const reason = name === 'tensorflow' ? withoutTensorflow : undefined;
    describe.skipIf(reason)(`${what} on ${name}${reason ? ` (skipped: ${reason})` : ''}`, () => fn(name));
  }
}
