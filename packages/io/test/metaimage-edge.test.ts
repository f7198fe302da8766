import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import '@lunet/testing';
import { readWithItk } from '../src/itk.ts';
import { readVolume } from '../src/node.ts';
import { hasSharedData, sharedData, unlessShared } from './shared-data.ts';

/**
 * Every header of other readers' test suites: read to the bit like itk-wasm does, or refused, by us and, unless the
 * remark says otherwise, by itk-wasm too.
 */
const verdicts: Record<string, 'equals itk-wasm' | { refused: RegExp; itk: 'refuses' | 'reads' }> = {
  '2DMRI-T1_brain.mha': 'equals itk-wasm',
  'LIDC2.mha': 'equals itk-wasm',
  'dsb2017/test.mhd': 'equals itk-wasm',
  'elastix-exampleinput/fixed.mhd': 'equals itk-wasm',
  'elastix-exampleinput/mask_fixed.mhd': 'equals itk-wasm',
  'elastix-exampleinput/mask_moving.mhd': 'equals itk-wasm',
  'elastix-exampleinput/moving.mhd': 'equals itk-wasm',
  'elastix-exampleinput/solution_deformedmovingimage.mhd': 'equals itk-wasm',
  'itk-examples/BayesianClassifierInitializerMemberships.mhd': 'equals itk-wasm',
  'itk-examples/BrainProtonDensity3Slices.mha': 'equals itk-wasm',
  'itk-examples/BrainProtonDensitySliceBorder20.mhd': 'equals itk-wasm',
  'itk-examples/BrainProtonDensitySliceBorder20DirectionMinus30.mhd': 'equals itk-wasm',
  'itk-examples/BrainProtonDensitySliceBorder20DirectionPlus30.mhd': 'equals itk-wasm',
  'itk-examples/BrainProtonDensitySliceShifted13x17y.mhd': 'equals itk-wasm',
  'itk-examples/BrainProtonDensitySliceShifted13x17yDirectionMinus30.mhd': 'equals itk-wasm',
  'itk-examples/BrainProtonDensitySliceShifted13x17yDirectionPlus30.mhd': 'equals itk-wasm',
  'itk-examples/BrainT1SliceBorder20DirectionMinus30.mhd': 'equals itk-wasm',
  'itk-examples/BrainT1SliceBorder20DirectionPlus30.mhd': 'equals itk-wasm',
  'itk-examples/CorpusCallosumMeanShape.mha': 'equals itk-wasm',
  'itk-examples/CorpusCallosumMode0.mha': 'equals itk-wasm',
  'itk-examples/CorpusCallosumMode1.mha': 'equals itk-wasm',
  'itk-examples/CorpusCallosumMode2.mha': 'equals itk-wasm',
  'itk-examples/RatLungSlice1.mha': 'equals itk-wasm',
  'itk-examples/RatLungSlice2.mha': 'equals itk-wasm',
  'itk-examples/ResampleImageFilterInput2x3.mha': 'equals itk-wasm',
  'itk-examples/ResampleImageFilterInput2x3b.mha': 'equals itk-wasm',
  'itk-examples/itkBrainSliceComplex.mha': 'equals itk-wasm',
  'itk-examples/itkBrainSliceComplexMagnitude.mha': 'equals itk-wasm',
  'itk-examples/itkBrainSliceComplexPhase.mha': 'equals itk-wasm',
  'julia/example.mhd': 'equals itk-wasm',
  'julia/example_dup_axes.mhd': 'equals itk-wasm',
  'niivue_mha.mha': 'equals itk-wasm',
  'panimg/channels/5_1_1_1_invalid.mha': 'equals itk-wasm',
  'panimg/gc_1x2int16.mha': 'equals itk-wasm',
  'panimg/gc_image16bit.mha': 'equals itk-wasm',
  'panimg/gc_mask.mha': 'equals itk-wasm',
  'panimg/image10x10x10-extra-stuff.mhd': 'equals itk-wasm',
  'panimg/image10x10x10.mha': 'equals itk-wasm',
  'panimg/image10x10x10.mhd': 'equals itk-wasm',
  'panimg/image10x11x12x13-extra-stuff.mhd': { refused: /NDims is "4", expected 2 or 3 axes/, itk: 'reads' },
  'panimg/image10x11x12x13.mha': { refused: /NDims is "4", expected 2 or 3 axes/, itk: 'reads' },
  'panimg/image10x11x12x13.mhd': { refused: /NDims is "4", expected 2 or 3 axes/, itk: 'reads' },
  'panimg/image128x256RGB.mhd': 'equals itk-wasm',
  'panimg/image128x256x3RGB.mhd': 'equals itk-wasm',
  'panimg/image128x256x4RGB.mhd': 'equals itk-wasm',
  'panimg/image3x4-extra-stuff.mhd': 'equals itk-wasm',
  'panimg/image3x4-no-spacing-with-12-size.mhd': 'equals itk-wasm',
  'panimg/image3x4-no-spacing.mhd': 'equals itk-wasm',
  'panimg/image3x4-with-12-spacing.mhd': 'equals itk-wasm',
  'panimg/image3x4.mhd': 'equals itk-wasm',
  'panimg/image4x4x4x4x4.mha': { refused: /NDims is "5", expected 2 or 3 axes/, itk: 'reads' },
  'panimg/image5x6x7-no-spacing-with-123-size.mhd': 'equals itk-wasm',
  'panimg/image5x6x7-no-spacing.mhd': 'equals itk-wasm',
  'panimg/image5x6x7-with-123-spacing.mhd': 'equals itk-wasm',
  'panimg/image5x6x7.mhd': 'equals itk-wasm',
  'panimg/image_min10_max10.mha': 'equals itk-wasm',
  'panimg/invalid_utf8.mhd': {
    refused: /key "\ufffd\ufffdCompressedData" is not valid UTF-8/,
    itk: 'refuses',
  },
  'panimg/mhd_window/errors/image3x4-center-gt-width.mhd': {
    refused: /its data file "image3x4.zraw" is not there/,
    itk: 'refuses',
  },
  'panimg/mhd_window/errors/image3x4-len-0.mhd': {
    refused: /its data file "image3x4.zraw" is not there/,
    itk: 'refuses',
  },
  'panimg/mhd_window/errors/image3x4-only-center-array.mhd': {
    refused: /its data file "image3x4.zraw" is not there/,
    itk: 'refuses',
  },
  'panimg/mhd_window/errors/image3x4-only-width-array.mhd': {
    refused: /its data file "image3x4.zraw" is not there/,
    itk: 'refuses',
  },
  'panimg/mhd_window/errors/image3x4-width-gt-center.mhd': {
    refused: /its data file "image3x4.zraw" is not there/,
    itk: 'refuses',
  },
  'panimg/mhd_window/image3x4-len-1.mhd': 'equals itk-wasm',
  'panimg/mhd_window/image3x4-len-2.mhd': 'equals itk-wasm',
  'panimg/mhd_window/image3x4.mhd': 'equals itk-wasm',
  'panimg/referring_to_system_file.mhd': {
    refused: /ElementDataFile is "\/trying.*conf", which lies outside the header's folder/,
    itk: 'refuses',
  },
  'panimg/segments/-10_10_Int8.mha': 'equals itk-wasm',
  'panimg/segments/0_10_UInt8.mha': 'equals itk-wasm',
  'panimg/segments/4D_1_1_1_5_UInt8.mha': { refused: /NDims is "4", expected 2 or 3 axes/, itk: 'reads' },
  'panimg/segments/4D_1_1_1_5_UInt8_threes.mha': {
    refused: /NDims is "4", expected 2 or 3 axes/,
    itk: 'reads',
  },
  'silvandeleemput/test_001.mha': 'equals itk-wasm',
  'silvandeleemput/test_001.mhd': 'equals itk-wasm',
  'silvandeleemput/test_001_crlf.mhd': 'equals itk-wasm',
  'silvandeleemput/test_001_uncompressed.mha': 'equals itk-wasm',
  'silvandeleemput/test_001_uncompressed.mhd': 'equals itk-wasm',
  'silvandeleemput/test_002.mha': 'equals itk-wasm',
  'silvandeleemput/test_002_uncompressed.mha': 'equals itk-wasm',
};

const folder = path.join(sharedData, 'metaimage-edge');

describe.skipIf(!hasSharedData)(`shared/data/metaimage-edge${unlessShared}`, () => {
  // What itk-wasm refuses it also tells the console, at length.
  beforeAll(() => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    vi.spyOn(console, 'log').mockImplementation(() => {});
  });
  afterAll(() => void vi.restoreAllMocks());

  it('holds the 77 headers listed here', async () => {
    const names = await readdir(folder, { recursive: true });
    const headers = names
      .map((name) => name.split(path.sep).join('/'))
      .filter((name) => /\.mh[ad]$/.test(name));
    expect(headers.sort()).toEqual(Object.keys(verdicts).sort());
    expect(headers).toHaveLength(77);
  });

  it.each(Object.entries(verdicts).filter(([, verdict]) => verdict === 'equals itk-wasm'))(
    'reads %s as itk-wasm does',
    async (name) => {
      const file = path.join(folder, name);
      expect(await readVolume(file)).toMatchVolume(await readWithItk(file));
    },
  );

  it.each(
    Object.entries(verdicts).flatMap(([name, verdict]) =>
      typeof verdict === 'string' ? [] : [[name, verdict] as const],
    ),
  )('refuses %s', async (name, { refused, itk }) => {
    const file = path.join(folder, name);
    await expect(readVolume(file)).rejects.toThrow(refused);
    if (itk === 'refuses') await expect(readWithItk(file)).rejects.toThrow('itk-wasm fails');
  });
});
