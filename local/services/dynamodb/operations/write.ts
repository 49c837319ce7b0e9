/** What PutItem, UpdateItem and DeleteItem share. */
import type { JsonObject, Operation } from "../../../contract.ts";
import { conditionFailed, validation } from "../errors.ts";
import { holds } from "../expression/evaluate.ts";
import type { Condition } from "../expression/nodes.ts";
import { itemMember, refuseUnmodelled, wordMember } from "../request.ts";
import type { TableSchema } from "../schema.ts";
import type { Tables } from "../tables.ts";
import type { Item } from "../value.ts";

/** What of an item a write answers with; which of the words an operation knows is checked after the word itself. */
export const returnValuesOf = (request: JsonObject) =>
  wordMember(request, "ReturnValues", ["ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"], "NONE");

/** Refuses the write when the condition does not hold for what stands there now. */
export function checkCondition(
  request: JsonObject,
  condition: Condition | undefined,
  existing: Item | undefined,
): void {
  const told = wordMember(request, "ReturnValuesOnConditionCheckFailure", ["ALL_OLD", "NONE"], "NONE");
  if (condition && !holds(condition, existing ?? {})) throw conditionFailed(told === "ALL_OLD" ? existing : undefined);
}

/** The answer to a write: the attributes that were asked for, if there are any. */
export const attributesAnswer = (item: Item | undefined): JsonObject =>
  item && Object.keys(item).length > 0 ? { Attributes: item } : {};

/** How an operation replaces what stands under a key. */
interface Replacement {
  readonly operation: "PutItem" | "DeleteItem";
  /** Where the request has the key, among other attributes or not. */
  readonly member: "Item" | "Key";
  /** Refuses what may stand in no table. */
  readonly checkItem: (item: Item) => void;
  /** Refuses what may not stand in this one. */
  readonly checkKeys: (item: Item, schema: TableSchema) => void;
  /** What stands there afterwards. */
  readonly left: (item: Item) => Item | undefined;
}

/** An operation that puts something, or nothing, in the place of a whole item; it answers with the old one or not at all. */
export const replacing = (tables: Tables, { operation, member, ...how }: Replacement): Operation => ({
  needs: (request) => tables.needs(operation, request, tables.leadingKeys(request, itemMember(request, member))),
  run: (request) => {
    refuseUnmodelled(request);
    const item = itemMember(request, member);
    const wanted = returnValuesOf(request);
    if (wanted !== "ALL_OLD" && wanted !== "NONE") throw validation("ReturnValues can only be ALL_OLD or NONE");
    how.checkItem(item);
    const { condition } = tables.expressions.bind(request, ["ConditionExpression"]);
    const table = tables.of(request);
    how.checkKeys(item, table.schema);
    const existing = table.items.find(item);
    checkCondition(request, condition, existing);
    const left = how.left(item);
    if (existing ?? left) table.write(existing, left);
    return attributesAnswer(wanted === "ALL_OLD" ? existing : undefined);
  },
});
