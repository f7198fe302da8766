// Prints what `startEngine` with the engine of its argument starts, or its error, as JSON, and ends by itself. Run by
// start-engine.test.ts.
import { type EngineName, startEngine } from '../src/index.ts';

const [prefer = 'auto'] = process.argv.slice(2) as ('auto' | EngineName)[];
console.log(JSON.stringify(await startEngine({ prefer }).catch(({ message }: Error) => ({ message }))));
