/** GetItem: the item under a key. Every read here is consistent, asked for or not. */
import type { JsonObject, Operation } from "../../../contract.ts";
import { projector } from "../expression/project.ts";
import { checkKey } from "../keys.ts";
import { flagMember, itemMember, refuseUnmodelled } from "../request.ts";
import { refuseNestedKeys, type Tables } from "../tables.ts";

/** GetItem over these tables. */
export const getItem = (tables: Tables): Operation => ({
  needs: (request) => tables.needs("GetItem", request, tables.leadingKeys(request, itemMember(request, "Key"))),
  run: (request) => {
    refuseUnmodelled(request);
    flagMember(request, "ConsistentRead");
    const key = itemMember(request, "Key");
    const { projection } = tables.expressions.bind(request, ["ProjectionExpression"]);
    const table = tables.of(request);
    checkKey(key, table.schema.key);
    refuseNestedKeys(table, projection ?? []);
    const item = table.items.find(key);
    if (!item) return {};
    return { Item: (projection ? projector(projection)(item) : item) as unknown as JsonObject };
  },
});
