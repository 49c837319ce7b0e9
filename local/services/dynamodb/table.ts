/** One table: its items, its indexes a moment behind them, and which items will expire. */
import type { Cloud } from "../../contract.ts";
import { ItemCollection } from "./collection.ts";
import { type IndexSchema, keyAttributes, type TableSchema } from "./schema.ts";
import { attributeOf, type Item, itemBytes, pickAttributes } from "./value.ts";

/** How long an index is behind its table: usually a fraction of a second.
 *  Source: DynamoDB developer guide, "Data synchronization between tables and global secondary indexes". */
const indexLagMs = { least: 10, most: 200 };

/** Changes an index holds back before it looks for those that are due, so that writes alone cannot fill the memory. */
const maxPending = 1000;

/** Source: DynamoDB developer guide, "Using time to live": values older than five years are left alone. */
const oldestExpirySeconds = 5 * 365 * 24 * 3600;

interface Change {
  readonly dueAtMs: number;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

/** A global secondary index: a sparse copy of the table that follows it with a lag. */
export class Index {
  readonly schema: IndexSchema;
  readonly items: ItemCollection;
  readonly #kept: readonly string[] | undefined;
  readonly #pending: Change[] = [];
  #lastLookAtMs = -1;

  constructor(schema: IndexSchema, table: TableSchema) {
    this.schema = schema;
    const tableKey = keyAttributes(table.key).map(({ name }) => name);
    this.items = new ItemCollection(schema.key, tableKey);
    const keys = [...tableKey, ...keyAttributes(schema.key).map(({ name }) => name)];
    this.#kept = schema.projection === "all" ? undefined : [...new Set([...keys, ...schema.projection])];
  }

  /** Takes note of a change of the table, to be brought in `lagMs` from now at the earliest. */
  follow(before: Item | undefined, after: Item | undefined, nowMs: number, lagMs: number): void {
    if (this.#pending.length >= maxPending) this.#bringIn(nowMs);
    const dueAtMs = Math.max(nowMs + lagMs, this.#pending.at(-1)?.dueAtMs ?? 0);
    this.#pending.push({ before, after, dueAtMs });
  }

  /** Brings in what has arrived. While time stands still, the second look at one instant sees everything. */
  catchUp(nowMs: number): void {
    const isSecondLook = this.#lastLookAtMs === nowMs;
    this.#lastLookAtMs = nowMs;
    this.#bringIn(isSecondLook ? Number.POSITIVE_INFINITY : nowMs);
  }

  #bringIn(untilMs: number): void {
    const waiting = this.#pending.findIndex(({ dueAtMs }) => dueAtMs > untilMs);
    const arrived = this.#pending.splice(0, waiting === -1 ? this.#pending.length : waiting);
    for (const { before, after } of arrived) {
      if (before && this.items.takes(before)) this.items.remove(before);
      if (after && this.items.takes(after)) this.items.put(this.#projected(after));
    }
  }

  #projected(item: Item): Item {
    return this.#kept ? pickAttributes(item, this.#kept) : item;
  }
}

/** A table and everything in it. */
export class Table {
  readonly schema: TableSchema;
  readonly items: ItemCollection;
  readonly indexes: readonly Index[];
  readonly #cloud: Cloud;
  readonly #expiring = new Map<string, Item>();
  #count = 0;
  #bytes = 0;

  constructor(schema: TableSchema, cloud: Cloud) {
    this.schema = schema;
    this.#cloud = cloud;
    this.items = new ItemCollection(schema.key);
    this.indexes = schema.indexes.map((index) => new Index(index, schema));
  }

  get size(): { readonly items: number; readonly bytes: number } {
    return { items: this.#count, bytes: this.#bytes };
  }

  /** Whether any item carries a time to live. */
  get hasExpiring(): boolean {
    return this.#expiring.size > 0;
  }

  /** Replaces what stands under one key: `before` by `after`, either of which may be nothing. */
  write(before: Item | undefined, after: Item | undefined): void {
    if (after) this.items.put(after);
    else if (before) this.items.remove(before);
    this.#count += (after ? 1 : 0) - (before ? 1 : 0);
    this.#bytes += (after ? itemBytes(after) : 0) - (before ? itemBytes(before) : 0);
    this.#noteExpiry(before, after);
    if (this.indexes.length === 0) return;
    const { least, most } = indexLagMs;
    const lagMs = least + Math.floor(this.#cloud.random.next() * (most - least));
    for (const index of this.indexes) index.follow(before, after, this.#cloud.clock.now(), lagMs);
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
