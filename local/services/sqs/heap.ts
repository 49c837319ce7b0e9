/** Things by when they are due, the earliest first; among equals the one that came first. */
export class DueHeap<T> {
  readonly #entries: { readonly atMs: number; readonly order: number; readonly what: T }[] = [];
  #orders = 0;

  get earliestAtMs(): number | undefined {
    return this.#entries[0]?.atMs;
  }

  get earliest(): T | undefined {
    return this.#entries[0]?.what;
  }

  push(atMs: number, what: T): void {
    const entries = this.#entries;
    entries.push({ atMs, order: this.#orders++, what });
    for (let at = entries.length - 1; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  /** Takes the earliest away. */
  pop(): T | undefined {
    const entries = this.#entries;
    const [first] = entries;
    const last = entries.pop();
    if (!first || !last || entries.length === 0) return first?.what;
    entries[0] = last;
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      if (left < entries.length && this.#isBefore(left, least)) least = left;
      if (right < entries.length && this.#isBefore(right, least)) least = right;
      if (least === at) return first.what;
      this.#swap(at, least);
      at = least;
    }
  }

  #isBefore(one: number, two: number): boolean {
    const [a, b] = [this.#entries[one], this.#entries[two]];
    if (!a || !b) return false;
    return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
  }

  #swap(one: number, two: number): void {
    const [a, b] = [this.#entries[one], this.#entries[two]];
    if (!a || !b) return;
    this.#entries[one] = b;
    this.#entries[two] = a;
  }
}
