/** Query: a range of one partition of a table or an index, in key order. */
import type { JsonObject, Operation } from "../../../contract.ts";
import { validation } from "../errors.ts";
import { type KeyRange, keyRange, type SortRange } from "../expression/key-condition.ts";
import { pathsOf } from "../expression/paths-of.ts";
import type { OrderedItems } from "../ordered-items.ts";
import { flagMember, refuseUnmodelled } from "../request.ts";
import { type KeySchema, keyAttributes } from "../schema.ts";
import type { Tables } from "../tables.ts";
import { type AttributeValue, attributeOf, compareValues, equalValues, type Item } from "../value.ts";
import { checkPage, type PageRequest, readPage, sourceOf, startKeyOf } from "./page.ts";

const members = ["ProjectionExpression", "FilterExpression", "KeyConditionExpression"] as const;

function startsWith(value: AttributeValue, prefix: AttributeValue): boolean {
  if (value.S !== undefined) return value.S.startsWith(prefix.S ?? "");
  const start = Buffer.from(prefix.B ?? "", "base64");
  return Buffer.from(value.B ?? "", "base64")
    .subarray(0, start.length)
    .equals(start);
}

/** Positions from the first item of the range to just after the last. */
function bounds(items: OrderedItems, { sort }: KeySchema, range: SortRange | undefined): [number, number] {
  if (!sort || !range) return [0, items.length];
  const order = (item: Item, value: AttributeValue) =>
    compareValues(attributeOf(item, sort.name) as AttributeValue, value) ?? 0;
  const from = (value: AttributeValue) => items.firstWhere((item) => order(item, value) >= 0);
  const after = (value: AttributeValue) => items.firstWhere((item) => order(item, value) > 0);
  const { operator, value } = range;
  switch (operator) {
    case "=":
      return [from(value), after(value)];
    case "<":
      return [0, from(value)];
    case "<=":
      return [0, after(value)];
    case ">":
      return [after(value), items.length];
    case ">=":
      return [from(value), items.length];
    case "between":
      return [from(value), after(range.upTo)];
    case "begins_with": {
      const first = from(value);
      const isPast = (item: Item) =>
        order(item, value) > 0 && !startsWith(attributeOf(item, sort.name) as AttributeValue, value);
      return [first, items.firstWhere(isPast)];
    }
  }
}

function* walk(page: PageRequest, range: KeyRange): Generator<Item> {
  const { request, table, index, items: collection } = page;
  const { partition } = collection.schema;
  const items = collection.partition(String(range.partition[partition.type]));
  const start = startKeyOf(request, table, index);
  if (start) checkStart(start, collection.schema, range);
  if (!items) return;
  let [first, end] = bounds(items, collection.schema, range.sort);
  const isForward = flagMember(request, "ScanIndexForward", true);
  if (start && isForward)
    first = Math.max(
      first,
      items.firstWhere((item) => collection.compare(item, start) > 0),
    );
  if (start && !isForward)
    end = Math.min(
      end,
      items.firstWhere((item) => collection.compare(item, start) >= 0),
    );
  if (isForward) for (let at = first; at < end; at++) yield items.at(at) as Item;
  else for (let at = end - 1; at >= first; at--) yield items.at(at) as Item;
}

function checkStart(start: Item, { partition }: KeySchema, range: KeyRange): void {
  const value = attributeOf(start, partition.name);
  if (!value || !equalValues(value, range.partition))
    throw validation("The provided starting key is outside query boundaries based on provided conditions");
}

function refuseKeyFilter({ bound, index, table }: PageRequest): void {
  const { key } = index?.schema ?? table.schema;
  const heads = new Set(bound.filter ? pathsOf(bound.filter).map(([head]) => head) : []);
  const attribute = keyAttributes(key).find(({ name }) => heads.has(name));
  if (attribute)
    throw validation(
      `Filter Expression can only contain non-primary key attributes: Primary key attribute: ${attribute.name}`,
    );
}

/** Query over these tables. The leading key of a query on an index is taken to be the index's partition key. */
export const query = (tables: Tables): Operation => ({
  needs: (request) => {
    const index = typeof request.IndexName === "string" ? request.IndexName : undefined;
    return tables.needs("Query", request, leadingKeys(tables, request, index), index);
  },
  run: (request) => {
    refuseUnmodelled(request);
    if (typeof request.KeyConditionExpression !== "string")
      throw validation(
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
      );
    const bound = tables.expressions.bind(request, members);
    const table = tables.of(request);
    const { index, items } = sourceOf(request, table, tables.cloud.clock.now());
    const page: PageRequest = { request, table, index, items, bound };
    if (!bound.keyCondition) throw validation("Query key condition not supported");
    const range = keyRange(bound.keyCondition, index?.schema.key ?? table.schema.key);
    const select = checkPage(page);
    refuseKeyFilter(page);
    return readPage(walk(page, range), page, select);
  },
});

function leadingKeys(tables: Tables, request: JsonObject, indexName: string | undefined): readonly string[] {
  const table = tables.of(request);
  const key = indexName ? table.schema.indexes.find(({ name }) => name === indexName)?.key : table.schema.key;
  const { keyCondition } = tables.expressions.bind(request, members);
  if (!key || !keyCondition) return [];
  return [String(keyRange(keyCondition, key).partition[key.partition.type])];
}
