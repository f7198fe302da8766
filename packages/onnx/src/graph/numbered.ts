/** Known at once; beyond, a long run with ever new ones would fill the memory. */
const capacity = 16_384;

/**
 * Things that are made once a key, each with a number of its own.
 *
 * When too many are known, all are forgotten: equal ones made later are others, with new numbers.
 */
export class Numbered<T> {
  readonly #known = new Map<string, T>();
  #made = 0;

  get(key: string, make: (number: number) => T): T {
    let thing = this.#known.get(key);
    if (thing === undefined) {
      if (this.#known.size === capacity) this.#known.clear();
      thing = make(this.#made++);
      this.#known.set(key, thing);
    }
    return thing;
  }
}
