// Masks of five nodules in 512×512×300 voxels, beside NumPy's distance to each centre (spheres.py).
import assert from 'node:assert/strict';
import { type Geometry, identityDirection, type World } from '@lunet/io';
import { findPython, measureInTurn, type Row, runPython } from '@lunet/testing/bench';
import { rasterizeSpheres } from '../src/rasterize-spheres.ts';
import type { Sphere } from '../src/sphere.ts';
import { visitSphere } from '../src/visit-sphere.ts';

const spacing = [0.7, 0.7, 1.25] as const;
const scan = geometryOf([512, 512, 300]);
const small = geometryOf([128, 128, 128]);
// LUNA16's range of diameters, with its median in the middle.
const nodules: readonly Sphere[] = [
  { centerWorld: [100.3, 150.1, 80.7], diameterMm: 3.25 },
  { centerWorld: [250.9, 200.2, 120.4], diameterMm: 5 },
  { centerWorld: [120.5, 220.8, 200.1], diameterMm: 6.43 },
  { centerWorld: [280.2, 130.6, 250.3], diameterMm: 10 },
  { centerWorld: [180.7, 180.3, 300.9], diameterMm: 32.27 },
];
const repeats = 5000;

export async function rows(): Promise<Row[]> {
  const python = findPython(['numpy']);
  const input = JSON.stringify({
    size: scan.size,
    spacing,
    spheres: nodules.map(({ centerWorld, diameterMm }) => [...centerWorld, diameterMm]),
  });
  let theirs: { ms: number; voxels: number } | undefined;
  const times = await measureInTurn({
    mask: () => rasterizeSpheres(scan, nodules),
    // Memory that nobody looks at costs nothing; a search for what is not there looks at all of it.
    read: () => rasterizeSpheres(scan, nodules).voxels.data.indexOf(2),
    zeros: () => new Uint8Array(512 * 512 * 300).indexOf(2),
    slab: () => rasterizeSpheres(scan, nodules, { slices: [150, 166] }),
    numpy:
      python === undefined
        ? undefined
        : async () => {
            theirs = (await runPython(python, new URL('spheres.py', import.meta.url), [
              input,
            ])) as typeof theirs;
            return theirs;
          },
    inScan: () => visitOften(scan),
    inSmall: () => visitOften(small),
  });
  if (theirs) {
    const { data } = rasterizeSpheres(scan, nodules).voxels;
    assert.equal(
      data.reduce((sum, value) => sum + value, 0),
      theirs.voxels,
      'Cannot compare: the masks differ',
    );
  }
  const work = 'spheres of 5 nodules in 512×512×300';
  const [rival, rivalName] = [times.numpy, "NumPy's distance grid"];
  return [
    {
      work,
      ours: times.mask!,
      rival,
      rivalName,
      goal: '≥ 50x',
      note: 'the same voxels; the memory is zeroed when it is touched',
    },
    {
      work: `${work}, every voxel read once`,
      ours: times.read!,
      rival,
      rivalName,
      note: `zeroed memory, read once, takes ${times.zeros!.toFixed(1)} ms`,
    },
    { work: `${work}, 16 slices of them`, ours: times.slab!, rival, rivalName },
    {
      work: 'one sphere of 10 mm in 512×512×300, no mask',
      ours: times.inScan! / repeats,
      rival: times.inSmall! / repeats,
      rivalName: 'the same in 128×128×128',
      goal: '1x',
      note: 'work per sphere does not depend on the volume',
    },
  ];
}

/** A sphere that lies in either volume, many times, since one takes microseconds. */
function visitOften(geometry: Geometry): number {
  const centerWorld: World = [40.3, 41.1, 70.2];
  let voxels = 0;
  for (let i = 0; i < repeats; i++) {
    visitSphere(geometry, { centerWorld, diameterMm: 10 }, (_z, _y, xStart, xEnd) => {
      voxels += xEnd - xStart;
    });
  }
  return voxels;
}

function geometryOf(size: readonly [number, number, number]): Geometry {
  return { size, spacing, origin: [0, 0, 0], direction: identityDirection };
}
