/** Every table of the account, and what all operations on one need. */
import { arnOf, type Cloud, type JsonObject, type Need } from "../../contract.ts";
import { tableNotFound, validation } from "./errors.ts";
import { Expressions } from "./expression/compile.ts";
import type { DocumentPath } from "./expression/nodes.ts";
import { tableNameOf } from "./request.ts";
import { keyAttributes } from "./schema.ts";
import type { Table } from "./table.ts";
import { attributeOf, type Item, typeOf } from "./value.ts";

/** Largest item in bytes. Source: DynamoDB developer guide, "Constraints in Amazon DynamoDB". */
export const maxItemBytes = 400 * 1024;

/** The tables by name, and the memory of parsed expressions they share. */
export class Tables {
  readonly cloud: Cloud;
  readonly expressions = new Expressions();
  readonly byName = new Map<string, Table>();

  constructor(cloud: Cloud) {
    this.cloud = cloud;
  }

  /** The table a request names. */
  of(request: JsonObject): Table {
    const table = this.byName.get(tableNameOf(request));
    if (!table) throw tableNotFound();
    return table;
  }

  /** The permission that `action` needs, with the partition keys it touches as far as they are known. */
  needs(action: string, request: JsonObject, leadingKeys?: readonly string[], index?: string): readonly Need[] {
    const resource = arnOf(this.cloud, "dynamodb", `table/${tableNameOf(request)}${index ? `/index/${index}` : ""}`);
    return [
      {
        action: `dynamodb:${action}`,
        resource,
        ...(leadingKeys && { context: { "dynamodb:LeadingKeys": leadingKeys } }),
      },
    ];
  }

  /** The partition key inside an item or key, as IAM sees it; nothing where it is missing. */
  leadingKeys(request: JsonObject, key: Item): readonly string[] {
    const attribute = this.byName.get(tableNameOf(request))?.schema.key.partition;
    const value = attribute && attributeOf(key, attribute.name);
    return value && attribute ? [String(value[attribute.type] ?? value[typeOf(value)])] : [];
  }
}

/** Refuses a path that goes into a key attribute, which is always a scalar. */
export function refuseNestedKeys(table: Table, paths: readonly DocumentPath[]): void {
  const nested = new Set(paths.filter((path) => path.length > 1).map(([head]) => head));
  if (nested.size === 0) return;
  const refusal = (kind: string, name: string) =>
    validation(
      `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ${kind}: ${name}`,
    );
  for (const { name } of keyAttributes(table.schema.key)) if (nested.has(name)) throw refusal("Key", name);
  for (const index of table.schema.indexes)
    for (const { name } of keyAttributes(index.key)) if (nested.has(name)) throw refusal("IndexKey", name);
}
