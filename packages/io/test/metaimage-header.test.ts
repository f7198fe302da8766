import { describe, expect, it } from 'vitest';
import { elementTypes, identityDirection, parseMetaImageHeader } from '../src/index.ts';
import { headerBytes, headerText } from './metaimage-text.ts';

const parse = (text: string) => parseMetaImageHeader(new TextEncoder().encode(text), 'a.mhd');

describe('parseMetaImageHeader', () => {
  it('takes MetaIO’s defaults for what is missing', () => {
    expect(parse(headerText())).toEqual({
      geometry: { size: [3, 2, 2], spacing: [1, 1, 1], origin: [0, 0, 0], direction: identityDirection },
      dimensions: 3,
      elementType: 'MET_UCHAR',
      channels: 1,
      bigEndian: false,
      compressed: false,
      compressedSize: undefined,
      headerSize: 0,
      dataFile: 'LOCAL',
      byteLength: headerText().length,
    });
  });

  it('fills up two axes, as in the documentation', () => {
    const header = parse('NDims = 2\nDimSize = 4 3\nElementType = MET_SHORT\nElementDataFile = LOCAL\n');
    expect(header.dimensions).toBe(2);
    expect(header.geometry.size).toEqual([4, 3, 1]);
  });

  it('transposes TransformMatrix, in three axes and in two', () => {
    const three = parse(headerText({ TransformMatrix: '1 2 3 0 4 5 0 0 6' }));
    expect(three.geometry.direction).toEqual([1, 0, 0, 2, 4, 0, 3, 5, 6]);
    const two = parse(headerText({ NDims: 2, DimSize: '3 2', TransformMatrix: '0.8 -0.6 0.6 0.8' }));
    expect(two.geometry.direction).toEqual([0.8, 0.6, 0, -0.6, 0.8, 0, 0, 0, 1]);
  });

  it('turns a negative spacing into the opposite direction', () => {
    const { geometry } = parse(headerText({ ElementSpacing: '2 -3 4' }));
    expect(geometry.spacing).toEqual([2, 3, 4]);
    expect(geometry.direction.map((n) => n + 0)).toEqual([1, 0, 0, 0, -1, 0, 0, 0, 1]);
  });

  it.each(['ElementSpacing', 'elementspacing', 'ELEMENTSPACING'])('reads the key %s', (key) => {
    expect(parse(headerText({ [key]: '2 3 4' })).geometry.spacing).toEqual([2, 3, 4]);
  });

  it('prefers ElementSpacing to ElementSize, wherever they stand', () => {
    expect(parse(headerText({ ElementSize: '5 5 5' })).geometry.spacing).toEqual([5, 5, 5]);
    const both = headerText({ ElementSize: '5 5 5', ElementSpacing: '2 3 4' });
    expect(parse(both).geometry.spacing).toEqual([2, 3, 4]);
  });

  it.each(['Offset', 'Position', 'Origin'])('reads the origin from %s', (key) => {
    expect(parse(headerText({ [key]: '-1.5 2e2 3' })).geometry.origin).toEqual([-1.5, 200, 3]);
  });

  it.each(['True', 'true', 'TRUE', 'T', '1'])('reads %s as true', (value) => {
    expect(parse(headerText({ BinaryDataByteOrderMSB: value })).bigEndian).toBe(true);
    expect(parse(headerText({ ElementByteOrderMSB: value })).bigEndian).toBe(true);
  });

  it('prefers BinaryDataByteOrderMSB, as MetaIO does', () => {
    const text = headerText({ ElementByteOrderMSB: 'True', BinaryDataByteOrderMSB: 'False' });
    expect(parse(text).bigEndian).toBe(false);
  });

  it('reads CRLF, colons, blank and foreign lines, and keys in any order', () => {
    const crlf = parse(headerText({}, { lineEnd: '\r\n' }));
    expect(crlf.dataFile).toBe('LOCAL');
    expect(crlf.byteLength).toBe(headerText({}, { lineEnd: '\r\n' }).length);
    expect(parse(headerText().replaceAll(' = ', ': ')).geometry.size).toEqual([3, 2, 2]);
    const shuffled =
      'woohoo\n\nElementType = MET_INT\n# note\nDimSize = 3 2 2\nAge = 7 = x\nNDims = 3\nElementDataFile = a b.raw';
    expect(parse(shuffled).elementType).toBe('MET_INT');
    expect(parse(shuffled).dataFile).toBe('a b.raw');
  });

  it('stops after ElementDataFile', () => {
    const header = headerText({ ElementDataFile: 'a.raw' });
    expect(parse(`${header}DimSize = 9 9 9\n`).byteLength).toBe(header.length);
  });

  it.each(elementTypes)('reads the type %s', (type) => {
    expect(parse(headerText({ ElementType: type })).elementType).toBe(type);
  });

  it.each([
    [{ NDims: 4, DimSize: '1 1 1 1' }, 'NDims is "4", expected 2 or 3 axes; others are not supported'],
    [{ NDims: undefined }, 'NDims is missing from the header'],
    [{ NDims: 'many' }, 'NDims is "many", expected a number'],
    [{ DimSize: undefined }, 'DimSize is missing from the header'],
    [{ DimSize: '3 2' }, 'DimSize is "3 2", expected 3 numbers'],
    [{ DimSize: '3 2 0' }, 'DimSize is "3 2 0", expected 3 whole numbers of at least 1'],
    [{ DimSize: '3 2 -2' }, 'DimSize is "3 2 -2", expected 3 whole numbers of at least 1'],
    [{ DimSize: '3 2 1.5' }, 'DimSize is "3 2 1.5", expected 3 whole numbers of at least 1'],
    [{ DimSize: '9e5 9e5 9e5' }, 'DimSize is "9e5 9e5 9e5", expected a volume of less than 2^53 bytes'],
    [{ ElementType: undefined }, 'ElementType is missing from the header'],
    [{ ElementType: 'MET_STRING' }, /ElementType is "MET_STRING", expected one of MET_CHAR, MET_UCHAR/],
    [{ ElementSpacing: '1 0 1' }, 'ElementSpacing is "1 0 1", expected spacings other than 0'],
    [{ ElementSize: '1 0 1' }, 'ElementSize is "1 0 1", expected spacings other than 0'],
    [{ ElementSpacing: '1 nan 1' }, 'ElementSpacing is "1 nan 1", expected 3 numbers'],
    [{ Position: '1 2' }, 'Position is "1 2", expected 3 numbers'],
    [{ TransformMatrix: '1 0 0 0 1 0' }, 'TransformMatrix is "1 0 0 0 1 0", expected 9 numbers'],
    [
      { TransformMatrix: '1 0 0 1 0 0 0 0 1' },
      'TransformMatrix is "1 0 0 1 0 0 0 0 1", expected a matrix that can be inverted',
    ],
    [{ ElementNumberOfChannels: 0 }, 'ElementNumberOfChannels is "0", expected a whole number of at least 1'],
    [{ CompressedData: 'perhaps' }, 'CompressedData is "perhaps", expected True or False'],
    [{ CompressedDataSize: -4 }, 'CompressedDataSize is "-4", expected a whole number of at least 0'],
    [{ BinaryData: 'False' }, /BinaryData is "False", expected binary voxels; voxels written as text/],
    [{ HeaderSize: -2 }, 'HeaderSize is "-2", expected a whole number of at least -1'],
    [
      { HeaderSize: -1, CompressedData: 'True' },
      /HeaderSize is "-1", expected at least 0 for compressed voxels/,
    ],
    [
      { ElementDataFile: 'LIST' },
      /ElementDataFile is "LIST", expected one file; a LIST of files is not supp/,
    ],
    [{ ElementDataFile: 'LIST 2D' }, /ElementDataFile is "LIST 2D", expected one file; a LIST/],
    [{ ElementDataFile: 'a%03d.raw 1 9 1' }, /"a%03d.raw 1 9 1", expected one file; numbered patterns/],
    [{ ElementDataFile: '' }, 'ElementDataFile is "", expected a file name or LOCAL'],
  ])('refuses %j', (fields, message) => {
    const read = () => parse(headerText(fields));
    expect(read).toThrow(SyntaxError);
    expect(read).toThrow(typeof message === 'string' ? `Cannot read a.mhd: ${message}` : message);
  });

  it('refuses a key that comes twice with two values', () => {
    expect(() => parse(`Offset = 0 0 0\noffset = 0 0 1\n${headerText()}`)).toThrow(
      'Cannot read a.mhd: offset is given twice, as "0 0 0" and "0 0 1"',
    );
    expect(parse(`Offset = 0 0 0\nOffset = 0 0 0\n${headerText()}`).geometry.origin).toEqual([0, 0, 0]);
  });

  it('refuses other files', () => {
    expect(() => parseMetaImageHeader(new Uint8Array(1 << 22), 'zeros')).toThrow(
      /no "ElementDataFile =" line/,
    );
    expect(() => parse('')).toThrow(/no "ElementDataFile =" line/);
    expect(() => parse(headerText().replace(/ElementDataFile.*/, ''))).toThrow(/no "ElementDataFile =" line/);
  });

  it('shows no more than a line of a value', () => {
    expect(() => parse(headerText({ ElementType: 'x'.repeat(5000) }))).toThrow(/^.{1,400}$/);
  });

  it('does not look past a megabyte', () => {
    const late = Buffer.concat([Buffer.alloc(1 << 20, '\n'), headerBytes()]);
    expect(() => parseMetaImageHeader(late, 'late')).toThrow(/no "ElementDataFile =" line/);
  });
});
