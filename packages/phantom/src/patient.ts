import { createRandom, type Random } from './random.ts';
import type { Point3 } from './solids.ts';

/** What makes one patient differ from another; lengths in mm, densities in HU. */
export interface Patient {
  /** Lungs from the lowest recess (z = 0) to the apex. */
  readonly height: number;
  /** Scale of the chest's width and depth: 1 is a half width of 107 mm inside the ribs. */
  readonly width: number;
  readonly depth: number;
  /** Fat under the skin at the side of the chest. */
  readonly fat: number;
  readonly muscle: number;
  readonly breasts: number;
  /** Height of the right dome of the diaphragm. */
  readonly dome: number;
  readonly heart: number;
  /** Nobody is symmetric: mm that the chest turns back per mm towards the left, and how much wider the left is. */
  readonly lean: number;
  readonly stretch: number;
  /** Lies face down: table and gravity are on the other side. */
  readonly prone: boolean;
  readonly tissue: Tissue;
}

/** Densities in HU. */
interface Tissue {
  readonly lung: number;
  /** HU that the lung gains per mm towards the side it lies on. */
  readonly gravity: number;
  readonly fat: number;
  readonly muscle: number;
  readonly blood: number;
  readonly aorta: number;
  readonly heartMuscle: number;
  readonly liver: number;
  readonly spleen: number;
  readonly marrow: number;
  readonly cortex: number;
}

/** Draws a patient. */
export function createPatient(seed: number, prone: boolean): Patient {
  const random = createRandom(seed, 'patient');
  const woman = random.chance(0.45);
  return {
    height: random.uniform(225, 290) * (woman ? 0.94 : 1.03),
    width: random.uniform(0.94, 1.14) * (woman ? 0.95 : 1.04),
    depth: random.uniform(0.82, 1.04),
    fat: 4 + 22 * random.uniform(0, 1) ** 1.6,
    muscle: random.uniform(0.8, 1.25) * (woman ? 0.8 : 1.05),
    breasts: woman ? random.uniform(0.6, 1.25) : 0,
    dome: random.uniform(52, 80),
    heart: random.uniform(0.92, 1.12),
    lean: 0.028 * random.normal(),
    stretch: 0.025 * random.normal(),
    prone,
    tissue: createTissue(random),
  };
}

function createTissue(random: Random): Tissue {
  const contrast = random.chance(0.45) ? random.uniform(90, 300) : 0;
  const soft = random.uniform(36, 52);
  return {
    lung: random.uniform(-905, -850),
    gravity: random.uniform(0.12, 0.45),
    fat: random.uniform(-115, -98),
    muscle: soft + 8,
    blood: soft + contrast,
    aorta: soft + contrast * random.uniform(0.7, 1.1),
    heartMuscle: soft + contrast * 0.3,
    liver: 58 + contrast * 0.2,
    spleen: 48 + contrast * 0.4,
    marrow: random.uniform(150, 260),
    cortex: random.uniform(520, 850),
  };
}

/**
 * Puts a point of the model chest, x and y in mm and z as a share of the lungs' height, into this patient.
 */
export function place(patient: Patient, x: number, y: number, share: number): Point3 {
  return [x * patient.width, y * patient.depth, share * patient.height];
}
