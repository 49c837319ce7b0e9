/** One page of a query or a scan: how far it reads, what of it is answered, where the next begins. */
import type { JsonObject } from "../../../contract.ts";
import type { ItemCollection } from "../collection.ts";
import { validation } from "../errors.ts";
import type { BoundExpressions } from "../expression/compile.ts";
import { holds } from "../expression/evaluate.ts";
import { pathsOf } from "../expression/paths-of.ts";
import { projector } from "../expression/project.ts";
import { checkKey, checkKeyAttribute, keyOf } from "../keys.ts";
import type { LaggingCopy } from "../lagging-copy.ts";
import { flagMember, limitOf, wordMember } from "../request.ts";
import { type KeySchema, keyAttributes } from "../schema.ts";
import type { Table } from "../table.ts";
import { refuseNestedKeys } from "../tables.ts";
import { attributeOf, type Item, parseItem } from "../value.ts";

/** Bytes that one page reads before it stops. Source: DynamoDB developer guide, "Paginating table query results". */
const maxPageBytes = 1024 * 1024;

/** Where a page is read: an index or the table, and the items that this read sees. */
export interface Source {
  readonly index: LaggingCopy | undefined;
  readonly items: ItemCollection;
}

/** What a request reads: an index, the table as it is, or the table as it was a moment ago. */
export function sourceOf(request: JsonObject, table: Table, nowMs: number): Source {
  const isConsistent = flagMember(request, "ConsistentRead");
  const index = indexOf(request, table);
  if (index && isConsistent) throw validation("Consistent reads are not supported on global secondary indexes");
  if (index) return { index, items: index.look(nowMs) };
  return { index, items: isConsistent ? table.items : table.replica.look(nowMs) };
}

function indexOf(request: JsonObject, table: Table): LaggingCopy | undefined {
  const name = request.IndexName;
  if (name === undefined || name === null) return undefined;
  const index = table.indexes.find(({ schema }) => schema.name === name);
  if (!index) throw validation(`The table does not have the specified index: ${name}`);
  return index;
}

/** The keys that `LastEvaluatedKey` has: the index's and the table's. */
const startSchemas = (table: Table, index: LaggingCopy | undefined): readonly KeySchema[] =>
  index ? [table.schema.key, index.schema.key] : [table.schema.key];

/** Where the request goes on, its key checked. */
export function startKeyOf(request: JsonObject, table: Table, index: LaggingCopy | undefined): Item | undefined {
  if (request.ExclusiveStartKey === undefined || request.ExclusiveStartKey === null) return undefined;
  const start = parseItem(request.ExclusiveStartKey);
  const names = new Set(startSchemas(table, index).flatMap((key) => keyAttributes(key).map(({ name }) => name)));
  if (Object.keys(start).length !== names.size) throw validation("The provided starting key is invalid");
  if (index)
    for (const attribute of keyAttributes(index.schema.key)) {
      const value = attributeOf(start, attribute.name);
      if (!value) throw validation("The provided starting key is invalid");
      checkKeyAttribute(value, attribute, attribute === index.schema.key.partition);
    }
  checkKey(keyOf(start, table.schema.key), table.schema.key);
  return start;
}

function checkSelect(request: JsonObject, index: LaggingCopy | undefined, { projection }: BoundExpressions): string {
  const words = ["SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"] as const;
  const select = wordMember(request, "Select", words, projection ? "SPECIFIC_ATTRIBUTES" : "ALL_PROJECTED_ATTRIBUTES");
  const invalid = (what: string) => validation(`One or more parameter values were invalid: ${what}`);
  if (projection && select !== "SPECIFIC_ATTRIBUTES")
    throw invalid(`Cannot specify the ProjectionExpression when choosing to get ${select}`);
  if (!projection && select === "SPECIFIC_ATTRIBUTES")
    throw invalid("Must specify the ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES");
  if (!index && request.Select === "ALL_PROJECTED_ATTRIBUTES")
    throw invalid("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
  if (index && select === "ALL_ATTRIBUTES" && index.schema.projection !== "all")
    throw invalid(
      `Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.schema.name} because its projection type is not ALL`,
    );
  return select;
}

function refuseUnprojected(table: Table, index: LaggingCopy | undefined, heads: readonly string[]): void {
  if (!index || index.schema.projection === "all") return;
  const keys = startSchemas(table, index).flatMap((key) => keyAttributes(key).map(({ name }) => name));
  const missing = heads.filter((head) => !keys.includes(head) && !index.schema.projection.includes(head));
  if (missing.length > 0)
    throw validation(
      `One or more parameter values were invalid: Global secondary index ${index.schema.name} does not project [${missing.join(", ")}]`,
    );
}

/** Everything a page is made from. */
export interface PageRequest {
  readonly request: JsonObject;
  readonly table: Table;
  readonly index: LaggingCopy | undefined;
  readonly bound: BoundExpressions;
  readonly items: ItemCollection;
}

/** Refuses what no page can answer; the words of `Select` it settles on. */
export function checkPage({ request, table, index, bound }: PageRequest): string {
  const filterPaths = bound.filter ? pathsOf(bound.filter) : [];
  const paths = [...(bound.projection ?? []), ...filterPaths];
  refuseNestedKeys(table, paths);
  refuseUnprojected(
    table,
    index,
    paths.map(([head]) => head),
  );
  return checkSelect(request, index, bound);
}

/** Reads items until the page is full. */
export function readPage(items: Iterable<Item>, page: PageRequest, select: string): JsonObject {
  const { request, table, index, bound } = page;
  const limit = limitOf(request) ?? Number.POSITIVE_INFINITY;
  const project = bound.projection && projector(bound.projection);
  const answered: Item[] = [];
  let [scanned, bytes, count] = [0, 0, 0];
  let last: Item | undefined;
  let isFull = false;
  for (const item of items) {
    scanned++;
    bytes += table.bytesOf(item);
    last = item;
    if (!bound.filter || holds(bound.filter, item)) {
      count++;
      if (select !== "COUNT") answered.push(project ? project(item) : item);
    }
    isFull = scanned >= limit || bytes >= maxPageBytes;
    if (isFull) break;
  }
  return {
    ...(select !== "COUNT" && { Items: answered }),
    Count: count,
    ScannedCount: scanned,
    ...(isFull && last && { LastEvaluatedKey: keyOf(last, ...startSchemas(table, index)) }),
  };
}
