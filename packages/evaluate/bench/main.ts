// Times this package's work beside its rivals, in one run: pnpm bench:evaluate [topic …]
// Topics: components froc predict; all of them if none is named. The rivals need a Python with NumPy and SciPy,
// LUNET_PYTHON or python3; without one their columns say so.
import { availableParallelism, cpus } from 'node:os';
import { findPython } from './python.ts';
import { formatRows, type Row } from './row.ts';

const topics: Readonly<Record<string, string>> = {
  components: './components.ts',
  froc: './froc.ts',
  predict: './predict.ts',
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((topic) => !(topic in topics));
if (unknown.length > 0) {
  console.error(`Cannot measure ${unknown.join(', ')}: the topics are ${Object.keys(topics).join(', ')}`);
  process.exit(2);
}

console.log(
  `${cpus()[0]?.model}, ${availableParallelism()} threads, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}; rivals in ${findPython() ?? 'no Python with NumPy and SciPy: set LUNET_PYTHON'}\n`,
);
const all: Row[] = [];
for (const topic of chosen.length > 0 ? chosen : Object.keys(topics)) {
  // Each topic loads what it needs alone: a timing of FROC should not carry TensorFlow.js.
  const { rows } = (await import(topics[topic]!)) as { rows: () => Promise<Row[]> };
  all.push(...(await rows()));
}
console.log(formatRows(all));
