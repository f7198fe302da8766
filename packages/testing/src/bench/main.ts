// Times a suite of work beside its rivals, in one run: pnpm bench:evaluate [topic …] or pnpm bench:data [topic …]
// All of a suite's topics if none is named. The rivals need a Python, LUNET_PYTHON or python3, with NumPy, SciPy and for
// some PyTorch; without one their columns say so.
import { availableParallelism, cpus } from 'node:os';
import { findPython } from './python.ts';
import { formatRows, type Row } from './row.ts';

const packages = new URL('../../../', import.meta.url);
const suites: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  evaluate: {
    components: 'evaluate/bench/components.ts',
    froc: 'evaluate/bench/froc.ts',
    predict: 'evaluate/bench/predict.ts',
  },
  data: {
    read: 'io/bench/read.ts',
    chunks: 'patches/bench/chunks.ts',
    masks: 'masks/bench/spheres.ts',
    prepare: 'patches/bench/prepare.ts',
    loader: 'patches/bench/loader.ts',
    pace: 'train/bench/pace.ts',
    memory: 'train/bench/memory.ts',
  },
};

const [suite = '', ...chosen] = process.argv.slice(2);
const topics = suites[suite];
if (!topics) {
  console.error(`Cannot measure suite "${suite}": there are ${Object.keys(suites).join(', ')}`);
  process.exit(2);
}
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
  const { rows } = (await import(new URL(topics[topic]!, packages).href)) as { rows: () => Promise<Row[]> };
  all.push(...(await rows()));
}
console.log(formatRows(all));
