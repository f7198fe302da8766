import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Candidate, findCandidates } from '@lunet/evaluate';
import { parsePredictions, toVoxels, type Volume } from '@lunet/io';
import { readVolume, writeVolume } from '@lunet/io/node';
import { generateScan } from '@lunet/phantom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePredictOptions } from '../predict/predict-options.ts';
import { writeOverlays } from '../predict/write-overlays.ts';
import { toHounsfield } from '../scans/hounsfield-volume.ts';
import { openModel } from '../scans/open-model.ts';
import { denseModel } from './dense-model.ts';
import { refusalOf } from './refusal-of.ts';
import { runExample } from './run-example.ts';

const lowest = -150;

let folder: string;
let model: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lunet-predict-'));
  model = join(folder, 'best.safetensors');
  await mkdir(join(folder, 'empty'));
  await writeFile(model, await denseModel(lowest));
});
afterAll(() => rm(folder, { recursive: true }));

/** A phantom whose sides the network's pooling does not divide, on a grid that is flipped. */
function oddScan(): Volume<Int16Array> {
  const { geometry, voxels } = generateScan({ seed: 3, size: [101, 99, 12], meanNodules: 2 }).volume;
  return { geometry: { ...geometry, direction: [-1, 0, 0, 0, -1, 0, 0, 0, 1] }, voxels };
}

/** What the dense model must say. */
function maskOfDense({ geometry, voxels }: Volume<Int16Array>): Volume<Uint8Array> {
  return {
    geometry,
    voxels: toVoxels(
      Uint8Array.from(voxels.data, (hu) => (hu >= lowest ? 1 : 0)),
      voxels.shape,
    ),
  };
}

describe('predict', () => {
  it.each([
    ['int16 MetaImage', 'mhd', 'mha', (hu: Int16Array) => hu],
    ['float32 NIfTI', 'nii.gz', 'nii.gz', (hu: Int16Array) => Float32Array.from(hu, (value) => value + 0.25)],
  ] as const)(
    'writes a mask on the grid of an %s, the candidates, and pictures',
    {
      timeout: 60_000,
    },
    async (_, extension, format, convert) => {
      const scan = oddScan();
      const path = join(folder, `odd, ${extension}.${extension}`);
      await writeVolume(path, { ...scan, voxels: toVoxels(convert(scan.voxels.data), scan.voxels.shape) });
      const out = join(folder, `out-${extension}`);
      await mkdir(join(out, 'overlays'), { recursive: true });
      for (const name of ['z9999.png', 'z1.png', 'mine.png'])
        await writeFile(join(out, 'overlays', name), '');
      const all = ['--lungs', 'none', '--minimum-diameter', '0', '--json', '--overlays', '2'];
      const run = await runExample('predict', [
        path,
        '--model',
        model,
        '--out',
        out,
        '--format',
        format,
        ...all,
      ]);
      expect(run, run.stderr).toMatchObject({ code: 0 });

      const { geometry: grid } = await readVolume(path);
      const { geometry, voxels } = await readVolume(join(out, `mask.${format}`));
      expect(geometry.size).toEqual(grid.size);
      for (const key of ['spacing', 'origin', 'direction'] as const) {
        for (const [i, value] of grid[key].entries()) expect(geometry[key][i], key).toBeCloseTo(value, 4);
      }
      expect(voxels.data).toBeInstanceOf(Uint8Array);
      const expected = maskOfDense(scan);
      expect(Buffer.compare(voxels.data as Uint8Array, expected.voxels.data)).toBe(0);

      const sizes = (candidates: readonly { voxels: number }[]) =>
        candidates.map((candidate) => candidate.voxels).sort((a, b) => a - b);
      const components = findCandidates(expected);
      const candidates: Candidate[] = JSON.parse(run.stdout.trimEnd().split('\n').at(-1)!);
      expect(sizes(candidates)).toEqual(sizes(components));
      for (const { probability, mean, roundness } of candidates) {
        expect(probability, 'ranked as evaluate ranks').toBeCloseTo(mean * roundness, 6);
      }
      expect(candidates.some(({ roundness }) => roundness < 0.9)).toBe(true);
      const marks = parsePredictions(await readFile(join(out, 'candidates.csv'), 'utf8'));
      expect(marks).toHaveLength(components.length);
      expect(new Set(marks.map(({ seriesUid }) => seriesUid))).toEqual(new Set([`odd_${extension}`]));
      const pictures = await readdir(join(out, 'overlays'));
      expect(pictures.length).toBeGreaterThanOrEqual(8);
      expect(pictures).toEqual(expect.arrayContaining(['z1.png', 'mine.png']));
      expect(pictures, 'of an earlier run').not.toContain('z9999.png');
      expect(run.stdout).toMatch(/^written +.*mask.*overlays\//m);
    },
  );

  it('refuses in one message what it cannot use', { timeout: 60_000 }, async () => {
    const [path, mask] = [join(folder, 'ct.mha'), join(folder, 'mask.mha')];
    await writeVolume(path, oddScan());
    await writeVolume(mask, maskOfDense(oddScan()));
    await writeFile(join(folder, 'file'), '');
    const cases: [string[], RegExp][] = [
      [[join(folder, 'none.mha'), '--model', model], /^error: Cannot open .*none\.mha/m],
      [[mask, '--model', model], /its lowest value is 0, and a chest CT in HU has air/],
      [[path, '--model', model, '--out', join(folder, 'file', 'out')], /^error: Cannot write to .*out/m],
    ];
    await Promise.all(
      cases.map(async ([args, message]) => {
        const { code, stderr } = await runExample('predict', args);
        expect(stderr).toMatch(message);
        expect(stderr).not.toContain('    at ');
        expect(code).toBe(1);
      }),
    );
  });

  it.each([
    [['ct.mha'], /required option '--model/],
    [['--model', 'm'], /missing required argument 'scan'/],
    [['ct.mha', '--model', 'm', '--format', 'png'], /Allowed choices are nii.gz, mha, nrrd/],
    [['ct.mha', 'other.mha', '--model', 'm'], /too many arguments/],
  ])('refuses the command line %j', (args, message) => {
    expect(refusalOf(() => parsePredictOptions(args))).toMatch(message);
  });

  it('opens a model by its run folder or file, and says what is missing', async () => {
    const empty = join(folder, 'empty');
    expect((await openModel(folder)).path).toBe(model);
    expect(await openModel(model)).toMatchObject({ folder, run: undefined });
    await expect(openModel(empty)).rejects.toThrow(/neither best.safetensors nor latest/);
    await expect(openModel(join(folder, 'none'))).rejects.toThrow(/^Cannot open model .*none/);
    await writeFile(join(empty, 'latest.safetensors'), '');
    await writeFile(join(empty, 'config.json'), '{"validationScans":1}');
    await expect(openModel(empty)).rejects.toThrow(/^Cannot read .*config.json: it names no validationScans/);
  });
});

describe('writeOverlays', () => {
  it('touches nothing where no pictures are asked for', async () => {
    const overlays = join(folder, 'overlays');
    await mkdir(overlays);
    await writeFile(join(overlays, 'z0001.png'), '');
    const volume = oddScan();
    const given = { volume, mask: maskOfDense(volume), candidates: [] };
    expect(await writeOverlays(overlays, given, 0)).toBe(0);
    expect(await readdir(overlays)).toEqual(['z0001.png']);
  });
});

describe('toHounsfield', () => {
  const geometry = { ...oddScan().geometry, size: [3, 1, 1] } as const;
  const volume = (data: Volume['voxels']['data'], shape = [1, 1, 3]) => ({
    geometry,
    voxels: toVoxels(data, shape),
  });

  it('rounds to int16, and takes what is not a number for air', () => {
    const floats = volume(new Float32Array([-999.6, Number.NaN, 40.4]));
    expect(toHounsfield(floats, 'a').voxels.data).toEqual(new Int16Array([-1000, -1000, 40]));
    const bigs = volume(new BigInt64Array([-1000n, 0n, 7n]));
    expect(toHounsfield(bigs, 'a').voxels.data).toEqual(new Int16Array([-1000, 0, 7]));
  });

  it.each([
    [volume(new Int32Array([-1000, 0, 40_000])), /a voxel is 40000, HU are/],
    [volume(new Float32Array([0, 0.5, 1])), /its lowest value is 0/],
    [volume(new Float32Array([-1000, 0, Number.POSITIVE_INFINITY])), /a voxel is Infinity/],
    [volume(new Uint8Array(9), [1, 1, 3, 3]), /its voxels have 3 components/],
  ])('refuses what is no CT in HU', (given, message) => {
    expect(() => toHounsfield(given, 'a.nrrd')).toThrow(message);
  });
});
