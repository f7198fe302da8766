import type { Value } from '../graph/value.ts';

/** Names for the values of a graph, each once: those that are asked for where they are free, `v0`, `v1`, … for the others. */
export class Names {
  readonly #names = new Map<Value, string>();
  readonly #taken = new Set<string>();

  /** The value's name, which it gets now unless it has one. */
  of(value: Value, wanted = `v${this.#taken.size}`): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const name = this.free(wanted);
    this.#names.set(value, name);
    return name;
  }

  /** A name that nobody has: the one that is wanted, or with a number behind it. */
  free(wanted: string): string {
    let name = wanted;
    for (let i = 1; this.#taken.has(name); i++) name = `${wanted}_${i}`;
    this.#taken.add(name);
    return name;
  }
}
