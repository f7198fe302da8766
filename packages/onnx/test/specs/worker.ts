import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util.js';
import { bootJasmine } from './jasmine.ts';
import { reportSpecs } from './report-specs.ts';
import type { Message, Shard } from './spec-result.ts';

const send = (message: Message): unknown => process.send?.(message);

/** What each file under `backends/` exports. */
interface StartableBackend {
  /** tfjs's name of it. */
  backend: string;
  /** Registers it, and tells which kernels it records itself if it is ours. */
  startBackend(): Promise<readonly string[] | undefined>;
}

/** Runs a shard of the specs in this process; the parent sends the shard and is sent what happens. */
async function runShard({ files, name }: Shard): Promise<void> {
  const jasmine = bootJasmine();
  jasmine.DEFAULT_TIMEOUT_INTERVAL = 20_000;
  const { backend, startBackend }: StartableBackend = await import(bundled('backend'));
  const recorded = await startBackend();
  if (recorded !== undefined) send({ type: 'recorded', kernels: recorded });
  setTestEnvs([{ name: backend, backendName: backend, flags: {}, isDataSync: true }]);

  const reporter = reportSpecs(backend, send);
  const env = jasmine.getEnv();
  const wanted = new RegExp(name);
  env.configure({
    random: false,
    seed: 0,
    forbidDuplicateNames: false,
    specFilter: (spec) => wanted.test(reporter.plainName(spec.getFullName())),
  });
  env.addReporter(reporter);
  for (const file of files) {
    reporter.file = file;
    try {
      await import(bundled(`specs/${file}`));
    } catch (error) {
      send({
        type: 'broken',
        file,
        message: error instanceof Error ? (error.stack ?? error.message) : `${error}`,
      });
    }
  }
  await env.execute();
}

function bundled(module: string): string {
  return pathToFileURL(join(import.meta.dirname, `${module}.mjs`)).href;
}

process.once('message', async (shard: Shard) => {
  await runShard(shard);
  // Waits for the messages; a backend may hold threads that would keep the process alive.
  process.send?.({ type: 'end' } satisfies Message, () => process.exit());
});
