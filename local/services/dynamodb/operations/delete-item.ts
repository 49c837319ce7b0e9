/** DeleteItem: removes what stands under a key; nothing there is no error. */
import type { Operation } from "../../../contract.ts";
import { validation } from "../errors.ts";
import { checkKey } from "../keys.ts";
import { itemMember, refuseUnmodelled, wordMember } from "../request.ts";
import type { Tables } from "../tables.ts";
import { attributesAnswer, checkCondition } from "./write.ts";

/** DeleteItem over these tables. */
export const deleteItem = (tables: Tables): Operation => ({
  needs: (request) => tables.needs("DeleteItem", request, tables.leadingKeys(request, itemMember(request, "Key"))),
  run: (request) => {
    refuseUnmodelled(request);
    const key = itemMember(request, "Key");
    const wanted = wordMember(
      request,
      "ReturnValues",
      ["ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"],
      "NONE",
    );
    if (wanted !== "ALL_OLD" && wanted !== "NONE") throw validation("ReturnValues can only be ALL_OLD or NONE");
    const { condition } = tables.expressions.bind(request, ["ConditionExpression"]);
    const table = tables.of(request);
    checkKey(key, table.schema.key);
    const existing = table.items.find(key);
    checkCondition(request, condition, existing);
    if (existing) table.write(existing, undefined);
    return attributesAnswer(wanted === "ALL_OLD" ? existing : undefined);
  },
});
