/** GetItem: the item under a key, as it is or as it was a moment ago. */
import type { Operation } from "../../../contract.ts";
import { projector } from "../expression/project.ts";
import { checkKey } from "../keys.ts";
import { flagMember, itemMember, refuseUnmodelled } from "../request.ts";
import { refuseNestedKeys, type Tables } from "../tables.ts";

/** GetItem over these tables. */
export const getItem = (tables: Tables): Operation => ({
  needs: (request) => tables.needs("GetItem", request, tables.leadingKeys(request, itemMember(request, "Key"))),
  run: (request) => {
    refuseUnmodelled(request);
    const isConsistent = flagMember(request, "ConsistentRead");
    const key = itemMember(request, "Key");
    const { projection } = tables.expressions.bind(request, ["ProjectionExpression"]);
    const table = tables.of(request);
    checkKey(key, table.schema.key);
    refuseNestedKeys(table, projection ?? []);
    const items = isConsistent ? table.items : table.replica.look(tables.cloud.clock.now());
    const item = items.find(key);
    if (!item) return {};
    return { Item: projection ? projector(projection)(item) : item };
  },
});
