import { describe, expect, it } from 'vitest';
import { shareMemory } from '../src/wasm/share-memory.ts';

/** `(module (memory (export "m") 1 2))`, and the same without a maximum. */
const header = [0, 97, 115, 109, 1, 0, 0, 0];
const exported = [7, 5, 1, 1, 109, 2, 0];
const withMaximum = new Uint8Array([...header, 5, 4, 1, 1, 1, 2, ...exported]);
const withoutMaximum = new Uint8Array([...header, 5, 3, 1, 0, 1, ...exported]);
const withoutMemory = new Uint8Array(header);

describe('shareMemory', () => {
  it('makes the memory of a module shared, and leaves its input alone', async () => {
    const before = await WebAssembly.instantiate(withMaximum);
    expect((before.instance.exports.m as WebAssembly.Memory).buffer).toBeInstanceOf(ArrayBuffer);
    const after = await WebAssembly.instantiate(shareMemory(withMaximum));
    expect((after.instance.exports.m as WebAssembly.Memory).buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(withMaximum[11]).toBe(1);
  });

  it('refuses a binary whose memory cannot be shared', () => {
    expect(() => shareMemory(withoutMaximum)).toThrow(
      new TypeError('Cannot share the memory of a WebAssembly binary: memory flags 0, expected 1'),
    );
    expect(() => shareMemory(withoutMemory)).toThrow(
      new TypeError('Cannot share the memory of a WebAssembly binary: no memory, expected 1'),
    );
  });
});
