import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { withoutTensorflow } from './engines.ts';

const script = fileURLToPath(new URL('./train-for-long.ts', import.meta.url));

async function trainForLong(engine: string, steps: number): Promise<Record<string, number>> {
  const flags = ['--expose-gc', '--conditions', '@lunet/source', '--import', 'tsx'];
  // A process that does not end by itself runs into the timeout.
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, script, engine, String(steps)], {
    timeout: 25_000,
  });
  return JSON.parse(stdout);
}

for (const engine of ['wasm', 'cpu', 'onnx', 'tensorflow']) {
  // The plain cpu takes 20 ms a step.
  const steps = engine === 'cpu' ? 60 : 300;
  // ONNX Runtime's arena: 2 to 14 MB here, and 19 after 3,000 steps.
  const mebibytes = engine === 'onnx' ? 32 : 16;
  const reason = engine === 'tensorflow' ? withoutTensorflow : undefined;
  const skipped = reason ? ` (skipped: ${reason})` : '';
  const title = `${steps} steps on ${engine} leave no tensor, byte or memory behind, and let the process end${skipped}`;
  it.skipIf(reason)(title, { concurrent: true }, async () => {
    const { rss, ...grown } = await trainForLong(engine, steps);
    expect(grown).toEqual({ tensors: 0, buffers: 0, bytes: 0 });
    expect(rss! / 2 ** 20).toBeLessThan(mebibytes);
  });
}
