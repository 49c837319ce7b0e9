/** DeleteItem: removes what stands under a key; nothing there is no error. */
import type { Operation } from "../../../contract.ts";
import { checkKey } from "../keys.ts";
import type { Tables } from "../tables.ts";
import { replacing } from "./write.ts";

/** DeleteItem over these tables. */
export const deleteItem = (tables: Tables): Operation =>
  replacing(tables, {
    operation: "DeleteItem",
    member: "Key",
    checkItem: () => undefined,
    checkKeys: (key, schema) => checkKey(key, schema.key),
    left: () => undefined,
  });
