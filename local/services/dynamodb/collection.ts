/** Items by partition, as a table or an index holds them. */
import { byAttributes, OrderedItems } from "./ordered-items.ts";
import { type KeySchema, keyAttributes } from "./schema.ts";
import { attributeOf, type Item } from "./value.ts";

/** A number of 32 bits that scatters partition keys, so that a scan has no order to rely on (FNV-1a). */
function scatter(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) >>> 0;
}

interface Partition {
  readonly key: string;
  readonly hash: number;
  readonly items: OrderedItems;
}

const compareHashes = (a: Pick<Partition, "hash" | "key">, b: Pick<Partition, "hash" | "key">): number =>
  a.hash - b.hash || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/** Every item of a table or of an index, in partitions by the key of either. */
export class ItemCollection {
  readonly schema: KeySchema;
  readonly #compare: (a: Item, b: Item) => number;
  readonly #partitions = new Map<string, Partition>();
  #scanOrder: readonly Partition[] | undefined;

  /** `further` attributes order items of one index key: those of the table's own key. */
  constructor(schema: KeySchema, further: readonly string[] = []) {
    this.schema = schema;
    this.#compare = byAttributes([...(schema.sort ? [schema.sort.name] : []), ...further]);
  }

  /** The items of one partition key; undefined when there are none. */
  partition(key: string): OrderedItems | undefined {
    return this.#partitions.get(key)?.items;
  }

  find(key: Item): Item | undefined {
    return this.partition(this.#partitionKey(key))?.find(key);
  }

  put(item: Item): void {
    const key = this.#partitionKey(item);
    let partition = this.#partitions.get(key);
    if (!partition) {
      partition = { key, hash: scatter(key), items: new OrderedItems(this.#compare) };
      this.#partitions.set(key, partition);
      this.#scanOrder = undefined;
    }
    partition.items.put(item);
  }

  remove(key: Item): void {
    const name = this.#partitionKey(key);
    const items = this.partition(name);
    items?.remove(key);
    if (items?.length !== 0) return;
    this.#partitions.delete(name);
    this.#scanOrder = undefined;
  }

  /** Every item after `start`, partitions in scattered order, or from the beginning. */
  *scan(start: Item | undefined): Generator<Item> {
    this.#scanOrder ??= [...this.#partitions.values()].sort(compareHashes);
    const from = start && { key: this.#partitionKey(start), hash: scatter(this.#partitionKey(start)) };
    for (const partition of this.#scanOrder) {
      const order = from ? compareHashes(partition, from) : 1;
      if (order < 0) continue;
      const first = start && order === 0 ? partition.items.firstWhere((item) => this.#compare(item, start) > 0) : 0;
      for (let at = first; at < partition.items.length; at++) yield partition.items.at(at) as Item;
    }
  }

  /** Whether an item has the whole key, so that it belongs here: what makes an index sparse. */
  takes(item: Item): boolean {
    return keyAttributes(this.schema).every(({ name, type }) => attributeOf(item, name)?.[type] !== undefined);
  }

  /** Compares two items of one partition. */
  compare(a: Item, b: Item): number {
    return this.#compare(a, b);
  }

  #partitionKey(item: Item): string {
    const { name, type } = this.schema.partition;
    const key = attributeOf(item, name)?.[type];
    if (key === undefined) throw new Error(`looking for a partition without the key attribute ${name}`);
    return key;
  }
}
