import type { Geometry, Size } from '@lunet/io';
import type { Frame } from './canvas.ts';
import type { Patient } from './patient.ts';
import { createRandom } from './random.ts';

/** How the scanner looks at a patient. */
export interface Acquisition {
  readonly geometry: Geometry;
  readonly frame: Frame;
  /** Height of the first slice above the lungs' lowest recess, in mm. */
  readonly z0: number;
  /** Voxel rows and columns run the other way: towards the patient's right and front. */
  readonly flipped: boolean;
  /** HU outside the circular field of view, or undefined where the whole square was reconstructed. */
  readonly padding: number | undefined;
  /** Noise in soft tissue, HU. */
  readonly noise: number;
  /** Neighbour share of the point spread's and of the noise's three-tap filters. */
  readonly blur: number;
  readonly noiseBlur: number;
}

/** What a caller may fix of an acquisition. */
export interface AcquisitionChoice {
  readonly seed: number;
  readonly size: Size;
  readonly spacing?: number;
  readonly sliceSpacing?: number;
  readonly flipped: boolean;
}

/** A field of view narrower than this (mm) looks at one lung instead of the whole chest. */
const narrowField = 200;

/** Draws an acquisition: field of view, slice spacing, kernel, dose, and where the scanner's zero lies. */
export function createAcquisition(choice: AcquisitionChoice, patient: Patient): Acquisition {
  const random = createRandom(choice.seed, 'acquisition');
  const [width, height, slices] = choice.size;
  const needed = 2 * 107 * patient.width + 75;
  const fieldOfView = Math.min(440, needed + random.uniform(-5, 75));
  const pixel = choice.spacing ?? round(fieldOfView / Math.min(width, height), 6);
  const drawnSpacing = random.pick([
    [0.625, 0.08],
    [1, 0.17],
    [1.25, 0.35],
    [2, 0.15],
    [2.5, 0.25],
  ] as const);
  const thickness = choice.sliceSpacing ?? drawnSpacing;

  const side = random.chance(0.5) ? 1 : -1;
  const narrow = width * pixel < narrowField;
  const centerX = narrow ? side * 62 * patient.width : random.uniform(-6, 6);
  const centerY = narrow ? 0 : random.uniform(-2, 14) * (patient.prone ? -1 : 1);
  const length = (slices - 1) * thickness;
  // A few slices show the middle of the lungs rather than their narrow ends.
  const low = (0.2 - 0.15 * Math.min(1, length / (0.6 * patient.height))) * patient.height;
  const high = 0.97 * patient.height;
  const place = random.uniform(0, 1);
  const z0 = length < high - low ? low + place * (high - low - length) : (low + high - length) / 2;
  const frame: Frame = {
    width,
    height,
    pixel,
    thickness,
    x0: centerX - ((width - 1) / 2) * pixel,
    y0: centerY - ((height - 1) / 2) * pixel,
  };

  const { flipped } = choice;
  // Where the scanner's zero lies is arbitrary, more so along the couch.
  const zero = [random.uniform(-8, 8), random.uniform(-30, 30), random.uniform(-380, 120)] as const;
  const cornerX = flipped ? frame.x0 + (width - 1) * pixel : frame.x0;
  const cornerY = flipped ? frame.y0 + (height - 1) * pixel : frame.y0;
  const kernel = random.pick([
    ['sharp', 0.3],
    ['standard', 0.45],
    ['soft', 0.25],
  ] as const);
  const softness = { sharp: 0.08, standard: 0.16, soft: 0.23 }[kernel];
  const fine = Math.min(1, (0.8 / pixel) ** 2);
  return {
    geometry: {
      size: [width, height, slices],
      spacing: [pixel, pixel, thickness],
      origin: [round(cornerX + zero[0], 3), round(cornerY + zero[1], 3), round(z0 + zero[2], 3)],
      direction: flipped ? [-1, 0, 0, 0, -1, 0, 0, 0, 1] : [1, 0, 0, 0, 1, 0, 0, 0, 1],
    },
    frame,
    z0,
    flipped,
    padding: random.pick([
      [undefined, 0.35],
      [-1024, 0.25],
      [-2048, 0.2],
      [-3024, 0.2],
    ] as const),
    noise:
      { sharp: 24, standard: 16, soft: 11 }[kernel] *
      random.uniform(0.75, 1.3) *
      (1.25 / Math.max(0.6, thickness)) ** 0.3,
    blur: softness * fine,
    noiseBlur: { sharp: 0.13, standard: 0.2, soft: 0.25 }[kernel],
  };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
