/** A map that keeps what was used last: the least recently used go first. */
export class Recent<V, K = string> {
  readonly #kept = new Map<K, V>();
  readonly #size: number;
  /** The key used last, which stands at the end already. */
  #last: K | undefined;

  constructor(size: number) {
    this.#size = size;
  }

  get(key: K): V | undefined {
    const found = this.#kept.get(key);
    if (found !== undefined && key !== this.#last) this.set(key, found);
    return found;
  }

  /** What is kept, or else what `make` gives, kept from now on. */
  remember(key: K, make: () => V): V {
    const found = this.get(key);
    if (found !== undefined) return found;
    const made = make();
    this.set(key, made);
    return made;
  }

  set(key: K, value: V): void {
    this.#kept.delete(key);
    this.#kept.set(key, value);
    this.#last = key;
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#size && oldest !== undefined) this.#kept.delete(oldest);
  }
}
