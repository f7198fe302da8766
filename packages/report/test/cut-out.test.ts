import {
  boxGeometry,
  type Geometry,
  identityDirection,
  type Matrix3,
  toVoxels,
  type Volume,
} from '@lunet/io';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { type CutOutPlane, cutOut } from '../src/cut-out.ts';

/** Every voxel of a 5×5×5 volume whose world coordinates are -2 … 2 mm, whatever way its axes run. */
function cube(valueAt: (x: number, y: number, z: number) => number, direction: Matrix3 = identityDirection) {
  const geometry: Geometry = {
    size: [5, 5, 5],
    spacing: [1, 1, 1],
    // Each world axis has one voxel axis, which starts at -2 mm times its sign.
    origin: [
      -2 * (direction[0] + direction[1] + direction[2]),
      -2 * (direction[3] + direction[4] + direction[5]),
      -2 * (direction[6] + direction[7] + direction[8]),
    ],
    direction,
  };
  const data = Int16Array.from({ length: 125 }, (_, i) => {
    const index = [(i % 5) - 2, (Math.floor(i / 5) % 5) - 2, Math.floor(i / 25) - 2];
    const along = (row: number) =>
      direction[row]! * index[0]! + direction[row + 1]! * index[1]! + direction[row + 2]! * index[2]!;
    return valueAt(along(0), along(3), along(6));
  });
  return { geometry, voxels: toVoxels(data, [5, 5, 5]) };
}

/** The rows of a picture. */
function pixels({ png, width, height }: CutOutPlane): number[][] {
  const bytes = Uint8Array.from(atob(png.replace('data:image/png;base64,', '')), (c) => c.charCodeAt(0));
  const image = decode(bytes);
  expect([image.width, image.height, image.channels]).toEqual([width, height, 1]);
  return Array.from({ length: height }, (_, y) => [...image.data.subarray(y * width, (y + 1) * width)]);
}

/** A window in which HU 0 … 255 are shown as they are. */
const window = [0, 255] as const;
const centerWorld = [0, 0, 0] as const;

const directions: Record<string, Matrix3> = {
  'along the patient': identityDirection,
  'with x and y flipped, as some of LUNA16': [-1, 0, 0, 0, -1, 0, 0, 0, 1],
  'with slices from head to feet': [1, 0, 0, 0, 1, 0, 0, 0, -1],
  'in sagittal slices': [0, 0, 1, 1, 0, 0, 0, -1, 0],
};

describe('the planes of a cut-out', () => {
  // 1 to 5 from the patient's right to left, 10 to 50 from front to back, 0, 50, … 200 from feet to head.
  const coded = (x: number, y: number, z: number) => x + 3 + 10 * (y + 3) + 50 * (z + 2);

  it.each(Object.entries(directions))('lie as a radiologist expects in a volume %s', (_, direction) => {
    const [axial, coronal, sagittal] = cutOut(cube(coded, direction), {
      centerWorld,
      sizeMm: 5,
      window,
    }).planes;
    // Right of the patient on the left, front at the top.
    expect(pixels(axial!)[0]).toEqual([111, 112, 113, 114, 115]);
    expect(pixels(axial!).map((row) => row[0])).toEqual([111, 121, 131, 141, 151]);
    // Right on the left, head at the top.
    expect(pixels(coronal!)[0]).toEqual([231, 232, 233, 234, 235]);
    expect(pixels(coronal!).map((row) => row[0])).toEqual([231, 181, 131, 81, 31]);
    // Front on the left, head at the top.
    expect(pixels(sagittal!)[0]).toEqual([213, 223, 233, 243, 253]);
    expect(pixels(sagittal!).map((row) => row[0])).toEqual([213, 163, 113, 63, 13]);
  });

  it('are labelled', () => {
    const { planes } = cutOut(cube(coded), { centerWorld, sizeMm: 5 });
    expect(planes.map(({ name, labels }) => [name, Object.values(labels).join('')])).toEqual([
      ['axial', 'RLAP'],
      ['coronal', 'RLSI'],
      ['sagittal', 'APSI'],
    ]);
  });

  it('follow the axes of a volume that is a little oblique', () => {
    const [c, s] = [Math.cos(0.2), Math.sin(0.2)];
    const straight = cube(coded);
    const turned = {
      ...straight,
      geometry: { ...straight.geometry, direction: [c, -s, 0, s, c, 0, 0, 0, 1] as const },
    };
    const at = { window, sizeMm: 5 };
    const middle = [-2 + 2 * c - 2 * s, -2 + 2 * s + 2 * c, 0] as const;
    expect(cutOut(turned, { ...at, centerWorld: middle }).planes).toEqual(
      cutOut(straight, { ...at, centerWorld }).planes,
    );
  });

  it('have truth and prediction outlined, whatever the axes', () => {
    // At the patient's left, front and head, seen from the middle.
    const inCorner = (x: number, y: number, z: number) => (x === 1 && y === 0 ? 1 : 0) + (z === 9 ? 1 : 0);
    for (const direction of Object.values(directions)) {
      const volume = cube(coded, direction);
      const mask = cube(inCorner, direction);
      const truth = { ...mask, voxels: toVoxels(Uint8Array.from(mask.voxels.data), [5, 5, 5]) };
      const prediction = {
        ...mask,
        voxels: toVoxels(
          Float32Array.from(mask.voxels.data, (n) => n * 0.7),
          [5, 5, 5],
        ),
      };
      const outlined = (threshold: number) =>
        cutOut(volume, { centerWorld, sizeMm: 5, truth, prediction, threshold }).planes;
      expect(outlined(0.5).map((plane) => plane.truth)).toEqual(['M3 2h1v1h-1z', 'M3 0h1v5h-1z', '']);
      expect(outlined(0.5).map((plane) => plane.prediction)).toEqual(['M3 2h1v1h-1z', 'M3 0h1v5h-1z', '']);
      expect(outlined(0.8).map((plane) => plane.prediction)).toEqual(['', '', '']);
    }
  });
});

describe('the proportions of a cut-out', () => {
  const geometry: Geometry = {
    size: [3, 1, 1],
    spacing: [1, 1, 1],
    origin: [0, 0, 0],
    direction: identityDirection,
  };

  it('are those of the example', () => {
    const volume = { geometry, voxels: toVoxels(new Int16Array([-1350, 40, 150]), [1, 1, 3]) };
    const truth = { geometry, voxels: toVoxels(new Uint8Array([0, 1, 1]), [1, 1, 3]) };
    const [axial] = cutOut(volume, { centerWorld: [1, 0, 0], sizeMm: 3, truth }).planes;
    expect(axial!.truth).toBe('M1 0h2v1h-2z');
    expect(axial!.cornerMm).toEqual([0, 1]);
    // (40 + 1350) / 1500 of 255.
    expect(pixels(axial!)).toEqual([[0, 236, 255]]);
  });

  it('keep voxels that are longer than wide', () => {
    const volume = {
      geometry: { ...geometry, size: [40, 40, 20], spacing: [0.5, 0.5, 2.5] } as const,
      voxels: toVoxels(new Int16Array(40 * 40 * 20), [20, 40, 40]),
    };
    const [axial, coronal] = cutOut(volume, { centerWorld: [9.75, 9.75, 25], sizeMm: 10 }).planes;
    expect([axial!.width, axial!.height, axial!.pixelMm]).toEqual([20, 20, [0.5, 0.5]]);
    // Slices at 20, 22.5, … 30 mm: five of 2.5 mm cover 18.75 … 31.25, the view 20 … 30.
    expect([coronal!.width, coronal!.height, coronal!.pixelMm]).toEqual([20, 5, [0.5, 2.5]]);
    expect(coronal!.cornerMm).toEqual([0, -1.25]);
  });

  it('cover the view and no more, wherever the centre lies between the voxels', () => {
    const volume = cube((x) => 100 + x);
    for (const x of [-0.45, -0.2, 0, 0.3, 0.49]) {
      const [axial] = cutOut(volume, { centerWorld: [x, 0, 0], sizeMm: 2, window }).planes;
      const left = axial!.cornerMm[0];
      expect(left).toBeLessThanOrEqual(0);
      expect(left).toBeGreaterThan(-1);
      expect(left + axial!.width).toBeGreaterThanOrEqual(2);
      expect(left + axial!.width).toBeLessThan(3);
      // The view begins at x - 1 mm, and the first pixel's voxel shows where its middle is.
      expect(pixels(axial!)[0]![0]! - 100).toBeCloseTo(x - 1 + left + 0.5, 9);
    }
  });

  it('end where the volume does', () => {
    const [axial] = cutOut(
      cube(() => 0),
      { centerWorld: [2, 0, 0], sizeMm: 5 },
    ).planes;
    // -0.5 … 2.5 mm of -0.5 … 4.5 are there.
    expect([axial!.width, axial!.cornerMm]).toEqual([3, [0, 0]]);
    const [other] = cutOut(
      cube(() => 0),
      { centerWorld: [-2, 0, 0], sizeMm: 5 },
    ).planes;
    expect([other!.width, other!.cornerMm]).toEqual([3, [2, 0]]);
  });
});

describe('a cut-out of a part of a scan', () => {
  const valueAt = (x: number, y: number, z: number) => 7 * x + 11 * y + 13 * z + 100;

  it.each(Object.entries(directions))('equals that of the whole, %s', (_, direction) => {
    const whole = cube(valueAt, direction);
    const start = [1, 1, 1] as const;
    const size = [3, 3, 3] as const;
    const part: Volume<Int16Array> = {
      geometry: boxGeometry(whole.geometry, { start, size }),
      voxels: toVoxels(
        Int16Array.from({ length: 27 }, (_, i) =>
          whole.voxels.get(Math.floor(i / 9) + 1, (Math.floor(i / 3) % 3) + 1, (i % 3) + 1),
        ),
        [3, 3, 3],
      ),
    };
    const truth = {
      ...whole,
      voxels: toVoxels(
        Uint8Array.from(whole.voxels.data, (n) => (n > 100 ? 1 : 0)),
        [5, 5, 5],
      ),
    };
    const options = { centerWorld, sizeMm: 3, window, truth };
    expect(cutOut(part, options)).toEqual(cutOut(whole, options));
  });
});

describe('what cannot be cut out', () => {
  it.each([
    [
      { centerWorld: [3, 0, 0] },
      'Cannot cut out (3, 0, 0) mm: its index 5.0, 2.0, 2.0 lies outside the volume of 5x5x5',
    ],
    [{ centerWorld: [Number.NaN, 0, 0] }, 'Cannot cut out (NaN, 0, 0) mm'],
    [{ centerWorld, sizeMm: 0 }, 'Cannot cut out 0 mm: give a size over 0 to 500'],
    [{ centerWorld, sizeMm: 1e9 }, 'Cannot cut out 1000000000 mm'],
    [{ centerWorld, window: [40, 40] }, 'Cannot show HU 40 to 40: give a window with black below white'],
  ] as const)('%j is refused', (options, message) => {
    expect(() =>
      cutOut(
        cube(() => 0),
        options,
      ),
    ).toThrow(RangeError);
    expect(() =>
      cutOut(
        cube(() => 0),
        options,
      ),
    ).toThrow(message);
  });
});
