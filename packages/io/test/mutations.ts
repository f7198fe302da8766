import fc from 'fast-check';

/** A change to a file's bytes, at places given as shares of its length. */
type Mutation = (bytes: Uint8Array) => Uint8Array;

// Without the bias to the ends, where every change breaks a header's first line.
const share = fc.noBias(fc.nat(9999)).map((n) => n / 10_000);
const byte = fc.oneof(fc.nat(255), fc.constantFrom(0, 9, 10, 13, 32, 34, 44, 45, 48, 57, 61, 255));

const splice = (from: number, removed: number, inserted: readonly number[]): Mutation => {
  return (bytes) => {
    const start = Math.floor(from * bytes.length);
    const end = start + Math.floor(removed * (bytes.length - start));
    return Uint8Array.from([...bytes.subarray(0, start), ...inserted, ...bytes.subarray(end)]);
  };
};

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  // Cut off.
  share.map((at) => splice(at, 1, [])),
  // One bit the other way.
  fc.tuple(share, fc.nat(7)).map(([at, bit]) => (bytes: Uint8Array) => {
    const changed = bytes.slice();
    const place = Math.min(bytes.length - 1, Math.floor(at * bytes.length));
    if (place >= 0) changed[place]! ^= 1 << bit;
    return changed;
  }),
  // A few bytes put in, or in the place of others.
  fc
    .tuple(
      share,
      share.map((n) => n / 50),
      fc.array(byte, { maxLength: 6 }),
    )
    .map(([at, removed, inserted]) => splice(at, removed, inserted)),
  // A part of it once more.
  fc.tuple(share, share).map(([at, count]) => (bytes: Uint8Array) => {
    const start = Math.floor(at * bytes.length);
    return splice(at, 0, [...bytes.subarray(start, start + Math.ceil(count * 64))])(bytes);
  }),
);

/** One of some files, changed at one to three places. */
export function mutated(files: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.constantFrom(...files), fc.array(mutation, { minLength: 1, maxLength: 3 }))
    .map(([file, changes]) => changes.reduce((bytes, change) => change(bytes), file));
}
