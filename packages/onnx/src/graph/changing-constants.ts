import { keyOf, type Program } from './program.ts';
import type { Value } from './value.ts';

/** Graphs that differ in their constants only are built as they are so many times. */
const patience = 2;
/** Kinds of graphs remembered; the one unused for longest goes first. */
const capacity = 256;

/** Graphs that are the same but for what their constants hold. */
interface Family {
  /** The constants of those that were built as they are, by their numbers. */
  readonly seen: Set<string>;
  readonly first: readonly Value[];
  /** Places, in the list of constants, of those that were not always the same. */
  readonly changing: Set<number>;
}

/** Finds constants that change from run to run, such as where a batch begins, so that they are fed from then on. */
export class ChangingConstants {
  readonly #families = new Map<string, Family>();

  /** The program with the constants that change among its inputs; most programs are returned as they are. */
  feed(program: Program): Program {
    const { constants, inputs } = program;
    if (constants.length === 0) return program;
    const key = keyOf(program.signature);
    const family = this.#families.get(key) ?? { seen: new Set(), first: constants, changing: new Set() };
    this.#families.delete(key);
    this.#families.set(key, family);
    if (this.#families.size > capacity) this.#families.delete(this.#families.keys().next().value!);

    const { seen, first, changing } = family;
    const numbers = constants.map(({ constant }) => constant).join();
    if (seen.has(numbers)) return program;
    constants.forEach(({ constant }, place) => {
      if (constant !== first[place]!.constant) changing.add(place);
    });
    if (seen.size < patience) {
      seen.add(numbers);
      return program;
    }
    return {
      ...program,
      inputs: [...inputs, ...constants.filter((_, place) => changing.has(place))],
      constants: constants.filter((_, place) => !changing.has(place)),
    };
  }
}
