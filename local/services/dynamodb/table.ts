/** One table: its items, copies a moment behind them, and which items will expire. */
import type { Cloud } from "../../contract.ts";
import { ItemCollection } from "./collection.ts";
import { LaggingCopy } from "./lagging-copy.ts";
import { keyAttributes, type TableSchema } from "./schema.ts";
import { attributeOf, type Item, itemBytes } from "./value.ts";

/** How long a copy is behind its table: a fraction of a second.
 *  Source: DynamoDB developer guide, "DynamoDB read consistency" and "Using global secondary indexes". */
const leastLagMs = 10;
const mostLagMs = 200;

/** Source: DynamoDB developer guide, "Using time to live": values older than five years are left alone. */
const oldestExpirySeconds = 5 * 365 * 24 * 3600;

/** A table and everything in it. */
export class Table {
  readonly schema: TableSchema;
  readonly items: ItemCollection;
  readonly indexes: readonly LaggingCopy[];
  /** What eventually consistent reads of the table itself see. */
  readonly replica: LaggingCopy;
  readonly #cloud: Cloud;
  readonly #bytesOf = new WeakMap<Item, number>();
  readonly #expiring = new Map<string, Item>();
  #count = 0;
  #bytes = 0;

  constructor(schema: TableSchema, cloud: Cloud) {
    this.schema = schema;
    this.#cloud = cloud;
    this.items = new ItemCollection(schema.key);
    this.indexes = schema.indexes.map((index) => new LaggingCopy(index, schema));
    this.replica = new LaggingCopy({ name: schema.name, key: schema.key, projection: "all" }, schema);
  }

  get size(): { readonly items: number; readonly bytes: number } {
    return { items: this.#count, bytes: this.#bytes };
  }

  /** Bytes of an item, counted once: items never change. */
  bytesOf(item: Item): number {
    const known = this.#bytesOf.get(item);
    if (known !== undefined) return known;
    const bytes = itemBytes(item);
    this.#bytesOf.set(item, bytes);
    return bytes;
  }

  /** Replaces what stands under one key: `before` by `after`, either of which may be nothing. */
  write(before: Item | undefined, after: Item | undefined): void {
    if (after) this.items.put(after);
    else if (before) this.items.remove(before);
    this.#count += (after ? 1 : 0) - (before ? 1 : 0);
    this.#bytes += (after ? this.bytesOf(after) : 0) - (before ? this.bytesOf(before) : 0);
    this.#noteExpiry(before, after);
    const lagMs = leastLagMs + Math.floor(this.#cloud.random.next() * (mostLagMs - leastLagMs));
    const nowMs = this.#cloud.clock.now();
    this.replica.follow(before, after, nowMs, lagMs);
    for (const index of this.indexes) index.follow(before, after, nowMs, lagMs);
  }

  /** Removes the items whose time is over; they stay readable until this runs. */
  sweepExpired(): void {
    const nowSeconds = this.#cloud.clock.now() / 1000;
    for (const item of [...this.#expiring.values()]) {
      const atSeconds = Number(attributeOf(item, this.schema.expiryAttribute ?? "")?.N);
      if (atSeconds < nowSeconds && atSeconds > nowSeconds - oldestExpirySeconds) this.write(item, undefined);
    }
  }

  #noteExpiry(before: Item | undefined, after: Item | undefined): void {
    const name = this.schema.expiryAttribute;
    if (name === undefined) return;
    if (before && attributeOf(before, name)) this.#expiring.delete(this.#keyText(before));
    if (after && attributeOf(after, name)?.N !== undefined) this.#expiring.set(this.#keyText(after), after);
  }

  #keyText(item: Item): string {
    return JSON.stringify(keyAttributes(this.schema.key).map(({ name }) => item[name]));
  }
}
