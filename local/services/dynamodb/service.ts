/** DynamoDB: the subset that a ledger uses, as strict as AWS. */
import type { Cloud, Service } from "../../contract.ts";
import { deleteItem } from "./operations/delete-item.ts";
import { describeTable, describeTimeToLive, listTables } from "./operations/describe.ts";
import { getItem } from "./operations/get-item.ts";
import { putItem } from "./operations/put-item.ts";
import { query } from "./operations/query.ts";
import { scan } from "./operations/scan.ts";
import { updateItem } from "./operations/update-item.ts";
import { createTable } from "./resources.ts";
import { Tables } from "./tables.ts";

/** How often expired items are removed; AWS promises a few days, so nobody may rely on it.
 *  Source: DynamoDB developer guide, "Using time to live (TTL)". */
const sweepEveryMs = 3600 * 1000;

/** DynamoDB with no table yet. */
export function createDynamoDbService(cloud: Cloud): Service {
  const tables = new Tables(cloud);
  const sweep = () => {
    for (const table of tables.byName.values()) table.sweepExpired();
    cloud.clock.at(cloud.clock.now() + sweepEveryMs, "dynamodb: remove expired items", sweep);
  };
  return {
    name: "dynamodb",
    operations: {
      DeleteItem: deleteItem(tables),
      DescribeTable: describeTable(tables),
      DescribeTimeToLive: describeTimeToLive(tables),
      GetItem: getItem(tables),
      ListTables: listTables(tables),
      PutItem: putItem(tables),
      Query: query(tables),
      Scan: scan(tables),
      UpdateItem: updateItem(tables),
    },
    resources: {
      "AWS::DynamoDB::GlobalTable": (declaration) => createTable(tables, declaration),
      "AWS::DynamoDB::Table": (declaration) => createTable(tables, declaration),
    },
    start: () => {
      if ([...tables.byName.values()].some(({ schema }) => schema.expiryAttribute !== undefined))
        cloud.clock.at(cloud.clock.now() + sweepEveryMs, "dynamodb: remove expired items", sweep);
    },
  };
}
