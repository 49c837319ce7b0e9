/** PutItem: replaces what stands under a key. */
import type { Operation } from "../../../contract.ts";
import { validation } from "../errors.ts";
import { checkItemKeys } from "../keys.ts";
import { maxItemBytes, type Tables } from "../tables.ts";
import { itemBytes } from "../value.ts";
import { replacing } from "./write.ts";

/** PutItem over these tables. */
export const putItem = (tables: Tables): Operation =>
  replacing(tables, {
    operation: "PutItem",
    member: "Item",
    checkItem: (item) => {
      if (itemBytes(item) > maxItemBytes) throw validation("Item size has exceeded the maximum allowed size");
    },
    checkKeys: checkItemKeys,
    left: (item) => item,
  });
