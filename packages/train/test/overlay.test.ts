import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { drawOverlay, encodePng } from '../src/index.ts';

describe('drawOverlay', () => {
  it('mixes the colour with the CT', () => {
    const slice = { width: 2, height: 1, hu: [-1350, 150], probability: [0, 0.9], label: [0, 0] };
    expect([...drawOverlay(slice).rgb]).toEqual([0, 0, 0, 240, 120, 120]);
  });

  it('draws true positives green, false negatives orange, false positives red, and clips HU to the window', () => {
    const slice = {
      width: 4,
      height: 1,
      hu: [-3024, -3024, -3024, 3071],
      probability: [0.9, 0.5, 0.9, 0.1],
      label: [1, 1, 0, 0],
    };
    const { rgb } = drawOverlay(slice);
    expect([...rgb.subarray(0, 3)]).toEqual([0, 120, 48]);
    expect([...rgb.subarray(3, 6)]).toEqual([153, 90, 0]);
    expect([...rgb.subarray(6, 9)]).toEqual([138, 18, 18]);
    expect([...rgb.subarray(9, 12)]).toEqual([255, 255, 255]);
  });
});

describe('encodePng', () => {
  it('is read back as it was', () => {
    const rgb = Uint8Array.of(255, 150, 0, 1, 2, 3);
    expect(decode(encodePng({ width: 1, height: 2, rgb }))).toMatchObject({
      width: 1,
      height: 2,
      channels: 3,
      data: rgb,
    });
  });
});
