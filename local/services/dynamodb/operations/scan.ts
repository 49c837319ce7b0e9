/** Scan: everything in a table or an index, partitions in no order to rely on. */
import type { Operation } from "../../../contract.ts";
import { refuseUnmodelled } from "../request.ts";
import type { Tables } from "../tables.ts";
import { checkPage, type PageRequest, readPage, sourceOf, startKeyOf } from "./page.ts";

/** Scan over these tables. It touches every partition, so it has no leading keys. */
export const scan = (tables: Tables): Operation => ({
  needs: (request) =>
    tables.needs("Scan", request, undefined, typeof request.IndexName === "string" ? request.IndexName : undefined),
  run: (request) => {
    refuseUnmodelled(request);
    const bound = tables.expressions.bind(request, ["ProjectionExpression", "FilterExpression"]);
    const table = tables.of(request);
    const { index, items } = sourceOf(request, table, tables.cloud.clock.now());
    const page: PageRequest = { request, table, index, items, bound };
    const select = checkPage(page);
    const start = startKeyOf(request, table, index);
    return readPage(items.scan(start), page, select);
  },
});
