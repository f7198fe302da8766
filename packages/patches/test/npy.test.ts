import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatNpyHeader, parseNpyHeader } from '../src/store/npy.ts';

describe('parseNpyHeader', () => {
  test('reads what formatNpyHeader writes, which is what NumPy 2 writes', () => {
    const bytes = formatNpyHeader('<i2', [26, 96, 96]);
    const text = "{'descr': '<i2', 'fortran_order': False, 'shape': (26, 96, 96), }";
    // np.lib.format.write_array_header_1_0 on a shape of (26, 96, 96): 118 bytes after the first 10, the last a line end.
    expect(Buffer.from(bytes).toString('latin1')).toBe(`\x93NUMPY\x01\x00\x76\x00${text.padEnd(117)}\n`);
    expect(parseNpyHeader(bytes, 'images.npy')).toEqual({ descr: '<i2', shape: [26, 96, 96], length: 128 });
    expect(parseNpyHeader(formatNpyHeader('|u1', [5]), 'x').shape).toEqual([5]);
    expect(parseNpyHeader(formatNpyHeader('|u1', []), 'x').shape).toEqual([]);
  });

  test.each([
    ['it is no NPY file', 'PK\x03\x04 a zip file that is longer than ten bytes'],
    ['NPY version 9, expected 1 to 3', '\x93NUMPY\x09\x00\x76\x00'],
    ['its header is cut short', '\x93NUMPY\x01\x00\x76'],
    ['its header of 4294967307 bytes is cut short or too long', '\x93NUMPY\x02\x00\xff\xff\xff\xff{'],
    [
      'it is in Fortran order',
      Buffer.from(formatNpyHeader('<i2', [2, 3]))
        .toString('latin1')
        .replace('False', 'True '),
    ],
    ['its header is not understood', "\x93NUMPY\x01\x00\x29\x00{'descr': [('a', '<i2')], 'shape': (2, 3)}\n"],
    [
      'is not whole numbers',
      "\x93NUMPY\x01\x00\x4c\x00{'descr': '<i2', 'fortran_order': False, 'shape': (99999999999999999999, 2)}\n",
    ],
  ])('refuses what it cannot read: %s', (message, text) => {
    expect(() => parseNpyHeader(Buffer.from(text, 'latin1'), 'images.npy')).toThrow(SyntaxError);
    expect(() => parseNpyHeader(Buffer.from(text, 'latin1'), 'images.npy')).toThrow(
      new RegExp(`^Cannot read images\\.npy: .*${message}`),
    );
  });

  test('gives a header or a SyntaxError for any bytes', () => {
    const whole = formatNpyHeader('<i2', [26, 96, 96]);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }),
        fc.nat(whole.length),
        (changes, length) => {
          const bytes = whole.slice(0, length);
          for (const [at, value] of changes) if (at < length) bytes[at] = value;
          try {
            const { shape, length: start } = parseNpyHeader(bytes, 'x');
            expect(start).toBeLessThanOrEqual(bytes.length);
            expect(shape.every(Number.isSafeInteger)).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(SyntaxError);
          }
        },
      ),
      { seed: 4, numRuns: 500 },
    );
  });
});
