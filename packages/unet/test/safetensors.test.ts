import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../src/index.ts';

const two = { shape: [2], data: new Float32Array([1, 2]) };

test('writes the header padded to 8 bytes, then the data', () => {
  const bytes = encodeSafetensors([['a', two]]);
  const json = '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
  expect(json).toHaveLength(54);
  const header = [56, 0, 0, 0, 0, 0, 0, 0, ...new TextEncoder().encode(`${json}  `)];
  expect([...bytes]).toEqual([...header, 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]);
  expect(decodeSafetensors(bytes)).toEqual({ tensors: new Map([['a', two]]), metadata: {} });
});

test("reads what Python's safetensors wrote", async () => {
  const bytes = await readFile(new URL('./fixtures/python.safetensors', import.meta.url));
  const { tensors, metadata } = decodeSafetensors(bytes);
  expect(metadata).toEqual({ 'written by': 'safetensors for Python', note: '“quoted”\n' });
  expect(Object.fromEntries(tensors)).toEqual({
    matrix: { shape: [2, 3], data: new Float32Array([1, 2, 3, 4, 5, 6]) },
    scalar: { shape: [], data: new Float32Array([0.5]) },
    empty: { shape: [0, 3], data: new Float32Array() },
    'Größe.μ': {
      shape: [4],
      data: new Float32Array([-0, Number.POSITIVE_INFINITY, Number.NaN, 1.401298464324817e-45]),
    },
  });
});

test('read inverts write, at any offset of the bytes in their buffer', () => {
  const tensor = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }).chain((shape) =>
    fc
      .float32Array({
        minLength: shape.reduce((n, m) => n * m, 1),
        maxLength: shape.reduce((n, m) => n * m, 1),
      })
      .map((data) => ({ shape, data })),
  );
  const name = fc.string().filter((text) => text !== '__metadata__');
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(name, tensor), { selector: ([key]) => key, maxLength: 4 }),
      fc.dictionary(name, name, { noNullPrototype: true }),
      fc.integer({ min: 0, max: 3 }),
      (tensors, metadata, offset) => {
        const bytes = encodeSafetensors(tensors, metadata);
        const shifted = new Uint8Array(bytes.length + offset);
        shifted.set(bytes, offset);
        const read = decodeSafetensors(shifted.subarray(offset));
        expect(Object.fromEntries(read.tensors)).toEqual(Object.fromEntries(tensors));
        expect(read.metadata).toEqual(metadata);
      },
    ),
    { numRuns: 50, seed: 1 },
  );
});

test('copies out of a Node Buffer, whose slice would be a view of its pool', () => {
  const bytes = Buffer.from(encodeSafetensors([['a', two]]));
  const read = decodeSafetensors(bytes).tensors.get('a')!;
  bytes.fill(0);
  expect([...read.data]).toEqual([1, 2]);
});

test('refuses to write a tensor that does not fill its shape', () => {
  expect(() => encodeSafetensors([['a', { shape: [3], data: two.data }]])).toThrow(
    new RangeError("Cannot write tensor 'a': shape [3] and 2 numbers"),
  );
});

describe('refuses to read', () => {
  const file = (header: unknown, dataLength = 8, length?: bigint): Uint8Array => {
    const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
    const bytes = new Uint8Array(8 + json.length + dataLength);
    new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
    bytes.set(json, 8);
    return bytes;
  };
  const entry = (change: object) => ({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...change } });
  const pair = (a: number[], b: number[]) => ({
    a: { dtype: 'F32', shape: [1], data_offsets: a },
    b: { dtype: 'F32', shape: [1], data_offsets: b },
  });

  test('nothing, for the sound header that the others change', () => {
    expect(decodeSafetensors(file(entry({}))).tensors.get('a')?.data).toHaveLength(2);
  });

  test.each<[string, Uint8Array, string]>([
    ['too few bytes', new Uint8Array(7), '7 bytes, a header takes 8'],
    ['a header longer than the file', file(entry({}), 8, 2n ** 63n), `header of ${2n ** 63n} bytes, at most`],
    ['an empty header', file('', 0), 'does not begin with'],
    ['broken JSON', file('{"a":', 8), 'is not JSON in UTF-8'],
    ['broken UTF-8', file('{"a\0":1}', 8).map((b) => (b === 0x61 ? 0xff : b)), 'is not JSON in UTF-8'],
    ['a list', file('[]', 0), 'does not begin with'],
    ['a tensor that is null', file({ a: null }), "tensor 'a' is not a JSON object"],
    ['another dtype', file(entry({ dtype: 'F64' })), `tensor 'a' has dtype "F64"; only F32 is read`],
    ['no dtype', file(entry({ dtype: undefined })), 'has dtype undefined'],
    ['a negative length', file(entry({ shape: [-1, -2] })), 'has shape [-1,-2]'],
    ['a fractional length', file(entry({ shape: [2.5] })), 'has shape [2.5]'],
    ['no shape', file(entry({ shape: 2 })), 'has shape 2'],
    [
      'a shape whose product is absurd',
      file(entry({ shape: [2 ** 52, 2 ** 52] })),
      'takes 8.112963841460668e+31 bytes',
    ],
    ['three offsets', file(entry({ data_offsets: [0, 4, 8] })), 'has data_offsets [0,4,8]'],
    ['offsets that are not integers', file(entry({ data_offsets: ['0', 8] })), 'has data_offsets ["0",8]'],
    ['an end before the begin', file(entry({ shape: [0], data_offsets: [8, 0] })), 'takes 0 bytes, has -8'],
    ['an end past the data', file(entry({ data_offsets: [8, 16] })), 'ends at byte 16, the data at 8'],
    [
      'a range that the shape does not fill',
      file(entry({ shape: [1] })),
      'of shape [1] takes 4 bytes, has 8',
    ],
    ['ranges that overlap', file(pair([0, 4], [0, 4]), 4), "tensor 'b' begins at byte 0, not at 4"],
    ['a gap', file(pair([0, 4], [8, 12]), 12), "tensor 'b' begins at byte 8, not at 4"],
    ['bytes behind the last tensor', file(entry({}), 12), 'tensors end at byte 8, the data at 12'],
    [
      'metadata that is not an object',
      file({ ...entry({}), __metadata__: 1 }),
      '__metadata__ is not a JSON object',
    ],
    ['metadata that is not text', file({ ...entry({}), __metadata__: { n: 1 } }), "metadata 'n' is number"],
  ])('%s', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes)).toThrow(SyntaxError);
    expect(() => decodeSafetensors(bytes)).toThrow(message);
  });

  test('a header of more than 16 MiB, without parsing it', () => {
    const bytes = new Uint8Array(17 * 2 ** 20);
    new DataView(bytes.buffer).setBigUint64(0, 16n * 2n ** 20n + 1n, true);
    expect(() => decodeSafetensors(bytes)).toThrow('header of 16777217 bytes, at most 16777216 fit');
  });

  test('any byte changed in the header gives an error or a file as sound, never a crash', () => {
    const sound = encodeSafetensors([['a', two]], { k: 'v' });
    fc.assert(
      fc.property(fc.nat(sound.length - 9), fc.nat(255), (at, value) => {
        const bytes = sound.with(at, value);
        try {
          for (const { shape, data } of decodeSafetensors(bytes).tensors.values()) {
            expect(data).toHaveLength(shape.reduce((n, m) => n * m, 1));
          }
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
      { numRuns: 50, seed: 1 },
    );
  });
});
