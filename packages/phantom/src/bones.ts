import type { Canvas } from './canvas.ts';
import { paint } from './canvas.ts';
import { type HalfOutline, stripPolygon } from './curve.ts';
import { type Patient, place } from './patient.ts';
import { addPolygons } from './polygon.ts';
import { addCapsule, type Capsule, capsuleTouches, tube } from './solids.ts';
import { cavityOutline } from './thorax.ts';

const ribCount = 12;
const ribHeight = 13;

/** How far apart the vertebrae lie, in mm. */
export function vertebraPitch(patient: Patient): number {
  return patient.height / 11.2;
}

/** How far below its head a rib runs at `s` (1 at the spine, 0 at the breastbone). */
function ribDrop(patient: Patient, rib: number, s: number): number {
  const total = patient.height * (0.1 + 0.025 * Math.min(rib, 7));
  const along = 1 - s;
  return total * along * (1.25 - 0.25 * along);
}

/** Ribs as they cross this slice: stretches along the chest wall, thickest where their axis lies in it. */
export function drawRibs(canvas: Canvas, patient: Patient, z: number): void {
  const outline = cavityOutline(patient, z);
  for (const [shell, value, texture] of [
    [0, patient.tissue.cortex, 40],
    [1.5, patient.tissue.marrow, 60],
  ] as const) {
    for (let rib = 0; rib < ribCount; rib++) {
      for (const side of [-1, 1] as const) addRib(canvas, patient, outline, z, rib, side, shell);
    }
    paint(canvas, value, { texture });
  }
  for (let rib = 0; rib < 7; rib++) {
    for (const side of [-1, 1] as const) addRib(canvas, patient, outline, z, rib, side, 0, true);
  }
  paint(canvas, 95, { texture: 15 });
}

function addRib(
  canvas: Canvas,
  patient: Patient,
  outline: HalfOutline,
  z: number,
  rib: number,
  side: -1 | 1,
  shell: number,
  cartilage = false,
): void {
  const head = patient.height * 1.03 - rib * vertebraPitch(patient);
  const [first, last] = cartilage ? [0.06, 0.3] : [rib > 9 ? 0.55 : 0.3, 0.93];
  const half = (s: number): number => {
    const off = (z - head + ribDrop(patient, rib, s)) / (ribHeight / 2);
    const taper = Math.min(1, 0.45 + (s - first) * 12, 0.5 + (last - s) * 10);
    return 3.9 * taper * Math.sqrt(Math.max(0, 1 - off * off)) - shell;
  };
  const step = 1 / 160;
  let from = -1;
  for (let s = first; s <= last + step; s += step) {
    const inside = s <= last && half(s) > 0;
    if (inside && from < 0) from = s;
    if (!inside && from >= 0) {
      const to = s - step;
      if (to > from) {
        const strip = stripPolygon(
          outline,
          side,
          [from, to],
          (at) => 5.4 - Math.max(0, half(at)),
          (at) => 5.4 + Math.max(0, half(at)),
        );
        addPolygons(canvas, [strip]);
      }
      from = -1;
    }
  }
}

/** Bones that are capsules: processes of the vertebrae, shoulder blades, collarbones, breastbone. */
export interface Skeleton {
  readonly bones: readonly Capsule[];
  readonly bodies: readonly Capsule[];
}

export function createSkeleton(patient: Patient): Skeleton {
  const bones: Capsule[] = [];
  const bodies: Capsule[] = [];
  const pitch = vertebraPitch(patient);
  for (let i = -2; i < 14; i++) {
    const z = patient.height * 1.03 - i * pitch;
    const at = (
      x: number,
      y: number,
      dz: number,
      radius: number,
    ): readonly [number, number, number, number] => [x, y * patient.depth, z + dz, radius];
    for (const side of [-1, 1]) {
      bones.push(
        ...tube([
          at(side * 12, 68, 2, 4.2),
          at(side * 13, 80, 1, 4),
          at(side * 24, 88, 1, 4),
          at(side * 35, 94, 2, 4.8),
        ]),
      );
      bones.push(...tube([at(side * 13, 80, -1, 4), at(side * 8, 91, -6, 3.4), at(0, 95, -9, 3.4)]));
    }
    bones.push(...tube([at(0, 95, -7, 3.4), at(0, 104, -14, 3), at(0, 114, -22, 3.8)]));
    const wide = 8;
    bodies.push(...tube([at(-wide, 58, 0, 10), at(wide, 58, 0, 10)]));
  }
  const scapula = (
    side: number,
    x: number,
    y: number,
    share: number,
    radius: number,
  ): readonly [number, number, number, number] => {
    const p = place(patient, side * x, y, share);
    return [p[0], p[1], p[2], radius];
  };
  for (const side of [-1, 1]) {
    // A blade is a fan of thin rods between its inner border and the joint.
    for (let k = 0; k <= 10; k++) {
      const share = 0.5 + 0.042 * k;
      bones.push(
        ...tube([
          scapula(side, 84 + 0.6 * k, 103 - 0.6 * k, share, 3),
          scapula(side, 112 + 1.2 * k, 86 - 1.6 * k, share + 0.02, 1.8),
          scapula(side, 128 + 3 * k, 62 - 3.4 * k, share + 0.03, k > 6 ? 7 : 3.4),
        ]),
      );
    }
    bones.push(
      ...tube([
        scapula(side, 100, 104, 0.84, 3),
        scapula(side, 140, 84, 0.93, 4.5),
        scapula(side, 160, 30, 1, 6),
      ]),
    );
    bones.push(
      ...tube([
        scapula(side, 20, -70, 0.88, 9),
        scapula(side, 52, -66, 0.93, 5.5),
        scapula(side, 100, -30, 1.01, 5),
        scapula(side, 150, 0, 1.04, 6),
      ]),
    );
  }
  return { bones, bodies };
}

/** Cortical shell first, then what lies inside it. */
export function drawSkeleton(canvas: Canvas, patient: Patient, skeleton: Skeleton, z: number): void {
  const { thickness } = canvas.frame;
  const near = skeleton.bones.filter((bone) => capsuleTouches(bone, z, thickness));
  for (const bone of near) addCapsule(canvas, bone, z);
  paint(canvas, patient.tissue.cortex * 0.8, { texture: 50 });
  for (const bone of near) if (Math.max(bone.radiusA, bone.radiusB) > 2.6) addCapsule(canvas, bone, z, -1.4);
  paint(canvas, patient.tissue.marrow, { texture: 70 });
}
