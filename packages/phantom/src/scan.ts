import { type CandidateRow, type Nodule, type Size, toVoxels, type Volume, type World } from '@lunet/io';
import { type Acquisition, createAcquisition } from './acquisition.ts';
import { createCanvas } from './canvas.ts';
import { drawLesion, shapeLesion } from './draw-lesion.ts';
import { type Findings, findFindings } from './findings.ts';
import { finishSlice } from './finish.ts';
import type { Attachment, Density } from './lesions.ts';
import { markLungs } from './lung-mask.ts';
import { drawParenchyma, drawVessels } from './lung-tissue.ts';
import { blurSlice, createNoiseTile } from './noise.ts';
import { createPatient } from './patient.ts';
import { createRandom } from './random.ts';
import { createAnatomy, drawAnatomy } from './slice.ts';
import type { Point3 } from './solids.ts';
import { surveyLungs } from './survey.ts';
import { createLattice, fillTexture } from './texture.ts';
import { phantomUid } from './uid.ts';
import { growVessels } from './vessels.ts';

/** Goes up whenever the same seed gives other voxels than before. */
export const generatorRevision = 1;

/** What to generate; everything but the seed has a default drawn from it. */
export interface ScanOptions {
  readonly seed: number;
  /** Voxels along x, y and z, 1 to 65535 each (as many as DICOM can count) and 2^30 in all; default 512×512×64. */
  readonly size?: Size;
  /** In-plane spacing in mm; by default the chest fills the slice, as in LUNA16. */
  readonly spacing?: number;
  /** Distance of slices in mm; by default 0.625 to 2.5. */
  readonly sliceSpacing?: number;
  /** Rows and columns run the other way (TransformMatrix -1 0 0 0 -1 0 0 0 1); by default one scan in seven. */
  readonly flipped?: boolean;
  /** Mean count of nodules; 0 to 6 are drawn. Default 2.5. */
  readonly meanNodules?: number;
}

/** A nodule and what the phantom knows about it. */
export interface PhantomNodule extends Nodule {
  readonly density: Density;
  readonly attachment: Attachment;
}

/** A synthetic scan with its ground truth. */
export interface PhantomScan {
  readonly seriesUid: string;
  /** int16 HU. */
  readonly volume: Volume<Int16Array>;
  /** LUNA16's labels: 3 left lung, 4 right lung, 5 windpipe. */
  readonly lungMask: Volume<Uint8Array>;
  readonly nodules: readonly PhantomNodule[];
  /** Nodules under 3 mm, which LUNA16 lists in annotations_excluded.csv with diameter -1. */
  readonly excluded: readonly Nodule[];
  readonly candidates: readonly CandidateRow[];
}

/** Generates a chest CT. */
export function generateScan(options: ScanOptions): PhantomScan {
  const { seed, size = [512, 512, 64] } = options;
  checkOptions(options, size);
  const flipped = options.flipped ?? createRandom(seed, 'direction').chance(1 / 7);
  const patient = createPatient(seed, flipped);
  const acquisition = createAcquisition({ ...options, size, flipped }, patient);
  const anatomy = createAnatomy(seed, patient);
  const survey = surveyLungs(anatomy);
  const vessels = growVessels(seed, patient, survey);
  const findings = findFindings(seed, {
    survey,
    vessels,
    acquisition,
    meanNodules: options.meanNodules ?? 2.5,
  });

  const [width, height, slices] = size;
  const { frame, geometry } = acquisition;
  const canvas = createCanvas(frame);
  const scratch = new Float32Array(width * height);
  const row = new Float32Array(width);
  const lattice = createLattice(seed);
  const tile = createNoiseTile(seed, acquisition.noiseBlur);
  const grain = createRandom(seed, 'grain');
  const shapes = [...findings.lesions, ...findings.tiny].map(shapeLesion);
  const voxels = new Int16Array(width * height * slices);
  const mask = new Uint8Array(voxels.length);
  for (let k = 0; k < slices; k++) {
    const z = acquisition.z0 + k * frame.thickness;
    fillTexture(lattice, frame, z, canvas.texture);
    drawAnatomy(canvas, anatomy, z, scratch);
    markLungs(canvas, anatomy.mediastinum.airway, acquisition, z, mask, k * width * height);
    drawParenchyma(canvas, patient, z);
    drawVessels(canvas, patient, vessels, anatomy.mediastinum.airway, z);
    for (const shape of shapes) drawLesion(canvas, patient, shape, z);
    blurSlice(canvas.hu, width, height, acquisition.blur, row);
    finishSlice(canvas, patient, acquisition, tile, grain, z, voxels, k * width * height);
  }
  const shape = [slices, height, width];
  return {
    seriesUid: phantomUid(seed),
    volume: { geometry, voxels: toVoxels(voxels, shape) },
    lungMask: { geometry, voxels: toVoxels(mask, shape) },
    ...label(phantomUid(seed), findings, acquisition),
  };
}

function checkOptions(
  { seed, spacing = 1, sliceSpacing = 1, meanNodules = 1 }: ScanOptions,
  size: Size,
): void {
  if (!Number.isSafeInteger(seed))
    throw new RangeError(`Cannot generate scan: seed ${seed} is not an integer`);
  const voxels = size[0] * size[1] * size[2];
  if (size.some((n) => !Number.isInteger(n) || n < 1 || n > 65535) || voxels > 2 ** 30) {
    throw new RangeError(
      `Cannot generate scan: size ${size.join('x')} is not 1 to 65535 along each axis and up to 2^30 voxels`,
    );
  }
  for (const [name, value] of Object.entries({ spacing, sliceSpacing })) {
    if (!(value >= 0.1 && value <= 20))
      throw new RangeError(`Cannot generate scan: ${name} ${value} mm is outside 0.1 to 20`);
  }
  if (!(meanNodules >= 0 && meanNodules <= 6)) {
    throw new RangeError(`Cannot generate scan: meanNodules ${meanNodules} is outside 0 to 6`);
  }
}

function label(
  seriesUid: string,
  findings: Findings,
  { frame, geometry, z0, flipped }: Acquisition,
): Pick<PhantomScan, 'nodules' | 'excluded' | 'candidates'> {
  const corner = [
    flipped ? frame.x0 + (frame.width - 1) * frame.pixel : frame.x0,
    flipped ? frame.y0 + (frame.height - 1) * frame.pixel : frame.y0,
    z0,
  ] as const;
  const { origin } = geometry;
  const rounded = (mm: number): number => Math.round(mm * 1e6) / 1e6;
  const toWorld = (p: Point3): World => [
    rounded(p[0] - corner[0] + origin[0]),
    rounded(p[1] - corner[1] + origin[1]),
    rounded(p[2] - corner[2] + origin[2]),
  ];
  return {
    nodules: findings.lesions.map(({ center, diameterMm, density, attachment }) => ({
      seriesUid,
      centerWorld: toWorld(center),
      diameterMm,
      density,
      attachment,
    })),
    excluded: findings.tiny.map(({ center }) => ({
      seriesUid,
      centerWorld: toWorld(center),
      diameterMm: -1,
    })),
    candidates: findings.candidates.map(({ center, isNodule }) => ({
      seriesUid,
      centerWorld: toWorld(center),
      isNodule,
    })),
  };
}
