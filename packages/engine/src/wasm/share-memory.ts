const importSection = 2;
const memorySection = 5;
const memoryKind = 2;
const hasMaximum = 1;
const sharedWithMaximum = 3;

/**
 * Returns a WebAssembly binary whose one memory, its own or imported, is shared between threads.
 *
 * That takes a single bit: a module without a thread of its own runs as well on shared memory.
 *
 * @throws {TypeError} if the binary has no memory, or one without a maximum.
 */
export function shareMemory(binary: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const flags = findMemoryFlags(binary);
  if (flags === undefined || binary[flags] !== hasMaximum) {
    const found = flags === undefined ? 'no memory' : `memory flags ${binary[flags]}`;
    throw new TypeError(`Cannot share the memory of a WebAssembly binary: ${found}, expected ${hasMaximum}`);
  }
  return binary.with(flags, sharedWithMaximum);
}

function findMemoryFlags(binary: Uint8Array): number | undefined {
  let at = 8;
  const readNumber = (): number => {
    let value = 0;
    for (let shift = 0; at < binary.length; shift += 7) {
      const byte = binary[at++]!;
      value |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    return value;
  };
  while (at < binary.length) {
    const id = binary[at++]!;
    const length = readNumber();
    const end = at + length;
    if (id === memorySection) {
      readNumber();
      return at;
    }
    if (id === importSection && readNumber() === 1) {
      // Module name, then field name; `at +=` would read `at` before the call moves it.
      for (let name = 0; name < 2; name++) {
        const characters = readNumber();
        at += characters;
      }
      if (binary[at] === memoryKind) return at + 1;
    }
    at = end;
  }
  return undefined;
}
