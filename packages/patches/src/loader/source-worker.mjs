// The worker thread's entry when lunet runs from its sources: teaches the thread TypeScript, then runs worker.ts.
import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
