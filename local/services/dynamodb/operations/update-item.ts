/** UpdateItem: changes parts of an item, or makes one that is not there. */
import type { JsonObject, Operation } from "../../../contract.ts";
import { validation } from "../errors.ts";
import { applyUpdate } from "../expression/apply-update.ts";
import type { UpdateAction } from "../expression/nodes.ts";
import { projector } from "../expression/project.ts";
import { checkIndexKeysAfterUpdate, checkIndexKeyType, checkKey } from "../keys.ts";
import { itemMember, refuseUnmodelled } from "../request.ts";
import { keyAttributes } from "../schema.ts";
import type { Table } from "../table.ts";
import { maxItemBytes, refuseNestedKeys, type Tables } from "../tables.ts";
import { type Item, itemBytes } from "../value.ts";
import { attributesAnswer, checkCondition, returnValuesOf } from "./write.ts";

function refuseKeyChanges(table: Table, actions: readonly UpdateAction[]): void {
  for (const { name } of keyAttributes(table.schema.key))
    if (actions.some(({ path }) => path[0] === name))
      throw validation(
        `One or more parameter values were invalid: Cannot update attribute ${name}. This attribute is part of the key`,
      );
  for (const { key, name: index } of table.schema.indexes)
    for (const attribute of keyAttributes(key))
      for (const action of actions)
        if (action.kind === "set" && action.value.kind === "literal")
          if (action.path.length === 1 && action.path[0] === attribute.name)
            checkIndexKeyType(action.value.value, attribute, index);
  refuseNestedKeys(
    table,
    actions.map(({ path }) => path),
  );
}

function answer(wanted: string, actions: readonly UpdateAction[], before: Item | undefined, after: Item): JsonObject {
  if (wanted === "ALL_OLD") return attributesAnswer(before);
  if (wanted === "ALL_NEW") return attributesAnswer(after);
  if (wanted === "NONE") return {};
  const changed = projector(actions.map(({ path }) => path));
  return attributesAnswer(changed(wanted === "UPDATED_OLD" ? (before ?? {}) : after));
}

/** UpdateItem over these tables. */
export const updateItem = (tables: Tables): Operation => ({
  needs: (request) => tables.needs("UpdateItem", request, tables.leadingKeys(request, itemMember(request, "Key"))),
  run: (request) => {
    refuseUnmodelled(request);
    const key = itemMember(request, "Key");
    const wanted = returnValuesOf(request);
    const bound = tables.expressions.bind(request, ["UpdateExpression", "ConditionExpression"]);
    const actions = bound.update ?? [];
    const table = tables.of(request);
    checkKey(key, table.schema.key);
    refuseKeyChanges(table, actions);
    const existing = table.items.find(key);
    checkCondition(request, bound.condition, existing);
    const after = applyUpdate(existing ?? key, actions);
    checkIndexKeysAfterUpdate(after, table.schema);
    if (itemBytes(after) > maxItemBytes) throw validation("Item size to update has exceeded the maximum allowed size");
    table.write(existing, after);
    return answer(wanted, actions, existing, after);
  },
});
