/** What PutItem, UpdateItem and DeleteItem share. */
import type { JsonObject } from "../../../contract.ts";
import { conditionFailed } from "../errors.ts";
import { holds } from "../expression/evaluate.ts";
import type { Condition } from "../expression/nodes.ts";
import { wordMember } from "../request.ts";
import type { Item } from "../value.ts";

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
