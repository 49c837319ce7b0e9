/** PutItem: replaces what stands under a key. */
import type { Operation } from "../../../contract.ts";
import { validation } from "../errors.ts";
import { checkItemKeys } from "../keys.ts";
import { itemMember, refuseUnmodelled, wordMember } from "../request.ts";
import { maxItemBytes, type Tables } from "../tables.ts";
import { itemBytes } from "../value.ts";
import { attributesAnswer, checkCondition } from "./write.ts";

/** PutItem over these tables. */
export const putItem = (tables: Tables): Operation => ({
  needs: (request) => tables.needs("PutItem", request, tables.leadingKeys(request, itemMember(request, "Item"))),
  run: (request) => {
    refuseUnmodelled(request);
    const item = itemMember(request, "Item");
    const wanted = wordMember(
      request,
      "ReturnValues",
      ["ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"],
      "NONE",
    );
    if (wanted !== "ALL_OLD" && wanted !== "NONE") throw validation("ReturnValues can only be ALL_OLD or NONE");
    if (itemBytes(item) > maxItemBytes) throw validation("Item size has exceeded the maximum allowed size");
    const { condition } = tables.expressions.bind(request, ["ConditionExpression"]);
    const table = tables.of(request);
    checkItemKeys(item, table.schema);
    const existing = table.items.find(item);
    checkCondition(request, condition, existing);
    table.write(existing, item);
    return attributesAnswer(wanted === "ALL_OLD" ? existing : undefined);
  },
});
