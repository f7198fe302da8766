import { keyOf, type Program } from './program.ts';
import type { Value } from './value.ts';

/** Kinds of graphs remembered; the one unused for longest goes first. */
const capacity = 256;

/** Graphs that are the same but for what their constants hold. */
interface Family {
  /** The constants of the first, which is run as it is. */
  readonly first: readonly Value[];
  /** Places, in the list of constants, of those that were others at some time. */
  readonly changing: Set<number>;
}

/** Finds constants that change from run to run, such as where a batch begins, so that they are fed from then on. */
export class ChangingConstants {
  readonly #families = new Map<string, Family>();

  /** The program with the constants that change among its inputs; most programs are returned as they are. */
  feed(program: Program): Program {
    const { constants, inputs } = program;
    const key = keyOf(program.signature);
    const family = this.#families.get(key) ?? { first: constants, changing: new Set() };
    this.#families.delete(key);
    this.#families.set(key, family);
    if (this.#families.size > capacity) this.#families.delete(this.#families.keys().next().value!);

    const { first, changing } = family;
    const others = constants.flatMap(({ constant }, place) =>
      constant === first[place]!.constant ? [] : [place],
    );
    if (others.length === 0) return program;
    for (const place of others) changing.add(place);
    return {
      ...program,
      inputs: [...inputs, ...constants.filter((_, place) => changing.has(place))],
      constants: constants.filter((_, place) => !changing.has(place)),
    };
  }
}
