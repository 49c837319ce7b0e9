/** Items kept in the order of a key: what a query walks over. */
import { attributeOf, compareValues, type Item } from "./value.ts";

/** Compares two items by these attributes, the first first. */
export function byAttributes(names: readonly string[]): (a: Item, b: Item) => number {
  return (a, b) => {
    for (const name of names) {
      const [left, right] = [attributeOf(a, name), attributeOf(b, name)];
      const order = left && right ? (compareValues(left, right) ?? 0) : 0;
      if (order !== 0) return order;
    }
    return 0;
  };
}

/** The items of one partition, in order. */
export class OrderedItems {
  readonly #items: Item[] = [];
  readonly #compare: (a: Item, b: Item) => number;

  constructor(compare: (a: Item, b: Item) => number) {
    this.#compare = compare;
  }

  get length(): number {
    return this.#items.length;
  }

  at(position: number): Item | undefined {
    return this.#items[position];
  }

  /** The first position at which `test` is true; once true it must stay so. */
  firstWhere(test: (item: Item) => boolean): number {
    let [low, high] = [0, this.#items.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (test(this.#items[middle] as Item)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The item with the same key as `key`. */
  find(key: Item): Item | undefined {
    const found = this.#items[this.#positionOf(key)];
    return found && this.#compare(found, key) === 0 ? found : undefined;
  }

  put(item: Item): void {
    const position = this.#positionOf(item);
    const found = this.#items[position];
    this.#items.splice(position, found && this.#compare(found, item) === 0 ? 1 : 0, item);
  }

  remove(key: Item): void {
    const position = this.#positionOf(key);
    const found = this.#items[position];
    if (found && this.#compare(found, key) === 0) this.#items.splice(position, 1);
  }

  #positionOf(key: Item): number {
    const last = this.#items.at(-1);
    if (last && this.#compare(last, key) < 0) return this.#items.length;
    return this.firstWhere((item) => this.#compare(item, key) >= 0);
  }
}
