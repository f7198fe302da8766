import { beforeAll, describe, expect, it } from 'vitest';
import { type Judgement, judgeSpecs } from './specs/judge-specs.ts';
import { runSpecs, type SpecRun } from './specs/run-specs.ts';
import { skips } from './specs/skips.ts';
import type { SpecResult } from './specs/spec-result.ts';

describe("tfjs-core's own specs on onnx", () => {
  let run: SpecRun;
  let judgement: Judgement;

  beforeAll(async () => {
    run = await runSpecs('onnx', { workers: 2 });
    judgement = judgeSpecs(run, skips);
    const { passed, failed, skipped } = judgement;
    console.log(`tfjs-core: ${passed} passed, ${failed.length} failed, ${skipped.length} skipped`);
    for (const { result, reason } of skipped) console.log(`skipped: ${nameOf(result)}: ${reason}`);
  }, 240_000);

  it('pass, but for those listed with a reason', () => {
    const told = judgement.failed.map((result) => `${nameOf(result)}: ${result.failures[0]?.split('\n', 1)}`);
    expect(told).toEqual([]);
    expect(run.broken).toEqual([]);
  });

  it('are all there: as many as on the cpu backend, less the two that switch between cpu backends', () => {
    expect(run.results.length).toBe(4232 - 2);
  });

  it('fail where the list says so', () => {
    expect(judgement.stale).toEqual([]);
  });

  it('pass where all kernels that they call are recorded, unless they are wrong', () => {
    const { recorded = new Set() } = run;
    expect(recorded.size).toBeGreaterThan(0);
    const own = judgement.skipped.filter(
      ({ result: { status, kernels }, upstream }) =>
        status === 'failed' && !upstream && kernels.every((kernel) => recorded.has(kernel)),
    );
    expect(own.map(({ result }) => nameOf(result))).toEqual([]);
  });
});

describe('its specs of images on onnx, on values that are pending and lie channels first', () => {
  it('pass', async () => {
    const files = [
      'conv',
      'pool',
      'batchnorm',
      'image/resize',
      'concat',
      'pad_test',
      'slice4d',
      'transpose',
      '_batch',
      'depth_to_space',
    ];
    files.push('ops/(arithmetic|clip_by_value|max|mean|prelu|relu|reverse|softmax|sum|tile)_test');
    const { results, broken } = await runSpecs('onnx-pending', { files, workers: 2 });
    expect(broken).toEqual([]);
    expect(results.length).toBeGreaterThan(900);
    expect(judgeSpecs({ results, broken, recorded: undefined }, skips).failed.map(nameOf)).toEqual([]);
  }, 240_000);
});

describe('runSpecs', () => {
  it('notices that the wasm backend lacks a kernel', async () => {
    const { results, broken } = await runSpecs('wasm', {
      files: ['unsorted_segment_sum'],
      name: '^unsortedSegmentSum tensor1D$',
    });
    expect(broken).toEqual([]);
    expect(results.map(({ status, kernels }) => [status, kernels])).toEqual([
      ['failed', ['UnsortedSegmentSum']],
    ]);
    expect(results[0]?.failures[0]).toContain(
      "Kernel 'UnsortedSegmentSum' not registered for backend 'wasm'",
    );
  });

  it('goes on with the next file after a spec that ends the process', async () => {
    const { results, broken } = await runSpecs('dying', { files: ['ops/(relu|round)_test'] });
    const [first, ...others] = results;
    expect([first?.name, first?.status]).toEqual(['relu basic', 'failed']);
    expect(first?.failures[0]).toContain('the process ended early (exit code 3, signal null)');
    expect(broken.map(({ file }) => file)).toEqual(['ops/relu_test']);
    expect(others.length).toBeGreaterThan(3);
    for (const { file, status } of others) expect([file, status]).toEqual(['ops/round_test', 'passed']);
  });

  it('throws if no file matches', async () => {
    await expect(runSpecs('cpu', { files: ['conv2e'] })).rejects.toThrow(
      "Cannot run specs: none of tfjs-core's files matches conv2e",
    );
  });
});

describe('judgeSpecs', () => {
  const result = (name: string, status: SpecResult['status']): SpecResult => ({
    file: 'ops/relu_test',
    name,
    status,
    failures: [],
    kernels: [],
    onCpu: [],
    milliseconds: 0,
  });
  const results = [
    result('relu basic', 'passed'),
    result('relu NaN', 'failed'),
    result('relu old', 'pending'),
  ];
  const judge = (...specs: string[]): Judgement =>
    judgeSpecs({ results, broken: [], recorded: undefined }, [
      { reason: 'ONNX has no NaN rule', file: 'ops/relu_test', specs },
      { reason: 'its file was not run', file: 'ops/tanh_test', specs: ['tanh basic'] },
    ]);

  it('tells failures that are not listed', () => {
    const { passed, failed, skipped, stale } = judge();
    expect([passed, failed.map(({ name }) => name), stale]).toEqual([1, ['relu NaN'], []]);
    expect(skipped.map(({ result, reason }) => `${result.name}: ${reason}`)).toEqual([
      'relu old: switched off by tfjs-core',
    ]);
  });

  it('counts listed failures as skipped', () => {
    const { failed, skipped } = judge('relu NaN');
    expect(failed).toEqual([]);
    expect(skipped.map(({ reason }) => reason)).toEqual([
      'ONNX has no NaN rule',
      'switched off by tfjs-core',
    ]);
  });

  it('tells listed specs that pass, or that there are none of', () => {
    expect(judge('relu NaN', 'relu basic', 'relu bsic').stale).toEqual([
      { file: 'ops/relu_test', name: 'relu basic', why: 'passed' },
      { file: 'ops/relu_test', name: 'relu bsic', why: 'no such spec' },
    ]);
  });
});

function nameOf({ file, name }: SpecResult): string {
  return `${file} › ${name}`;
}
