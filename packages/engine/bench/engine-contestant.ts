// One engine as a contestant of bench:engines, in a process of its own: engine, work's key, threads.
import { createInterface } from 'node:readline';
import { type EngineName, startEngine } from '../src/index.ts';
import { prepareWork } from './prepare-work.ts';
import { works } from './works.ts';

/** Runs for so long at a line on stdin, and once before. */
const millisecondsAGo = 400;
const stepsBefore = 8;

const [name, key, threads] = process.argv.slice(2) as [EngineName, string, string];
const engine = await startEngine({ prefer: name, threads: Number(threads) }).catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
const { weights, run } = prepareWork(works.find((work) => work.key === key)!);
const values: number[] = [];
for (let i = 0; i < stepsBefore; i++) values.push(await run());
tell({
  what: `${engine.name}: ${engine.version}, ${engine.device}`,
  threads: engine.threads,
  gpu: engine.gpu,
  weights,
  first: values[0],
  last: values.at(-1),
});
for await (const _ of createInterface({ input: process.stdin })) {
  await run();
  const times: number[] = [];
  const until = performance.now() + millisecondsAGo;
  do {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  } while (performance.now() < until);
  tell(times);
}

function tell(answer: unknown): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
