/** A copy of a table that follows it a moment behind: a global secondary index, or what an eventually consistent read sees. */
import { ItemCollection } from "./collection.ts";
import { type IndexSchema, keyAttributes, type TableSchema } from "./schema.ts";
import { type Item, pickAttributes } from "./value.ts";

/** Changes a copy holds back before it looks for those that are due, so that writes alone cannot fill the memory. */
const maxPending = 1000;

interface Change {
  readonly dueAtMs: number;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

/** The items of a table by the key of an index, those without that key left out. */
export class LaggingCopy {
  readonly schema: IndexSchema;
  readonly #items: ItemCollection;
  readonly #kept: readonly string[] | undefined;
  readonly #pending: Change[] = [];
  #lastLookAtMs = -1;

  constructor(schema: IndexSchema, table: TableSchema) {
    this.schema = schema;
    const tableKey = keyAttributes(table.key).map(({ name }) => name);
    this.#items = new ItemCollection(schema.key, tableKey);
    const keys = [...tableKey, ...keyAttributes(schema.key).map(({ name }) => name)];
    this.#kept = schema.projection === "all" ? undefined : [...new Set([...keys, ...schema.projection])];
  }

  /** Takes note of a change of the table, to be brought in `lagMs` from now at the earliest. */
  follow(before: Item | undefined, after: Item | undefined, nowMs: number, lagMs: number): void {
    if (this.#pending.length >= maxPending) this.#bringIn(nowMs);
    const dueAtMs = Math.max(nowMs + lagMs, this.#pending.at(-1)?.dueAtMs ?? 0);
    this.#pending.push({ before, after, dueAtMs });
  }

  /** The items that have arrived. While time stands still, the second look at one instant sees everything. */
  look(nowMs: number): ItemCollection {
    const isSecondLook = this.#lastLookAtMs === nowMs;
    this.#lastLookAtMs = nowMs;
    this.#bringIn(isSecondLook ? Number.POSITIVE_INFINITY : nowMs);
    return this.#items;
  }

  #bringIn(untilMs: number): void {
    const waiting = this.#pending.findIndex(({ dueAtMs }) => dueAtMs > untilMs);
    const arrived = this.#pending.splice(0, waiting === -1 ? this.#pending.length : waiting);
    for (const { before, after } of arrived) {
      if (before && this.#items.takes(before)) this.#items.remove(before);
      if (after && this.#items.takes(after)) this.#items.put(this.#projected(after));
    }
  }

  #projected(item: Item): Item {
    return this.#kept ? pickAttributes(item, this.#kept) : item;
  }
}
