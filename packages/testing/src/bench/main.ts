// Times a suite of work beside its rivals, in one run: pnpm bench:evaluate, bench:data or bench:engines [topic …]
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
  engines: {
    'step-16': 'engine/bench/engines.ts',
    'step-64': 'engine/bench/engines.ts',
    wide: 'engine/bench/engines.ts',
    slice: 'engine/bench/engines.ts',
    adam: 'engine/bench/adam.ts',
  },
};

/** What a topic's file exports: rows for the one table of all, or a table of its own. */
type TopicModule =
  | { rows(): Promise<Row[]> }
  | { table(topics: readonly string[], options: { quick: boolean }): Promise<string> };

const [suite = '', ...args] = process.argv.slice(2);
const quick = suite === 'engines' && args.includes('--quick');
const chosen = args.filter((arg) => !(quick && arg === '--quick'));
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
const names = chosen.length > 0 ? chosen : Object.keys(topics);
const all: Row[] = [];
for (const file of new Set(names.map((name) => topics[name]!))) {
  // Each topic loads what it needs alone: a timing of FROC should not carry TensorFlow.js.
  const topic = (await import(new URL(file, packages).href)) as TopicModule;
  if ('rows' in topic) all.push(...(await topic.rows()));
  else {
    const own = names.filter((name) => topics[name] === file);
    console.log(`${await topic.table(own, { quick })}\n`);
  }
}
if (all.length > 0) console.log(formatRows(all));
