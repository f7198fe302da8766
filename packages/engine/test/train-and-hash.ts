// Trains the small U-Net for five steps with as many threads as its argument says, prints a hash of the weights, and
// ends by itself. Run by training.test.ts.
import { createHash } from 'node:crypto';
import { startEngine } from '../src/index.ts';
import { smallTraining } from './small-unet.ts';

const engine = await startEngine({ prefer: 'wasm', threads: Number(process.argv[2]) });
const training = smallTraining();
for (let i = 0; i < 5; i++) training.step();
const hash = createHash('sha256');
for (const weight of training.weights()) hash.update(weight.dataSync() as Float32Array);
console.log(engine.threads, hash.digest('hex'));
