// Tries one engine in a process of its own, and tells its parent how far it came: name, "time" or "check".
import type { EngineName } from '../engine.ts';
import type { TrialMessage } from './trial.ts';

const [name, task] = process.argv.slice(2) as [EngineName, string];
const tell = (message: TrialMessage): Promise<void> =>
  new Promise((resolve) => process.send!(message, undefined, {}, () => resolve()));

// Without the parent nobody is left to tell.
process.once('disconnect', () => process.exit());
try {
  const { startEngine } = await import('../start-engine.ts');
  const { device, version, threads, gpu, passedOver } = await startEngine({ prefer: name });
  await tell({ stage: 'started', device, version, threads, gpu, insteadOf: passedOver[0]?.reason });
  const { checkTraining } = await import('./check-training.ts');
  await checkTraining();
  await tell({ stage: 'trained' });
  if (task === 'time') {
    const { timeEngine } = await import('./time-engine.ts');
    await tell({ stage: 'timed', ...(await timeEngine()) });
  }
} catch (error) {
  await tell({ stage: 'failed', reason: error instanceof Error ? error.message : String(error) });
}
await tell({ stage: 'done' });
// Native libraries may crash on their way out, or keep threads; all that counts has been told.
process.exit();
