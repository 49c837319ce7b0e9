/** A cloud with one table, for tests of DynamoDB. */
import { createCloud } from "../../cloud.ts";
import type { JsonObject, Principal } from "../../contract.ts";
import { createDynamoDbService } from "./service.ts";

/** The table of the tests: `pk` and `sk`, a sparse index by `due` within `lane`, expiry by `expiresAt`. */
export const ledgerTable = {
  TableName: "ledger",
  AttributeDefinitions: [
    { AttributeName: "pk", AttributeType: "S" },
    { AttributeName: "sk", AttributeType: "S" },
    { AttributeName: "lane", AttributeType: "S" },
    { AttributeName: "due", AttributeType: "N" },
  ],
  KeySchema: [
    { AttributeName: "pk", KeyType: "HASH" },
    { AttributeName: "sk", KeyType: "RANGE" },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: "by-due",
      KeySchema: [
        { AttributeName: "lane", KeyType: "HASH" },
        { AttributeName: "due", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "ALL" },
    },
  ],
} as const;

const owner: Principal = { kind: "owner" };

/** A cloud whose clock stands at noon, with the table in it. */
export function cloudWithTable(further: JsonObject = {}, seed = "1") {
  const local = createCloud({ startAtMs: Date.UTC(2026, 10, 23, 12), seed, services: [createDynamoDbService] });
  const service = local.services.get("dynamodb");
  if (!service) throw new Error("the cloud has no dynamodb");
  const properties: JsonObject = {
    ...(ledgerTable as unknown as JsonObject),
    TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
    Replicas: [{ Region: "us-east-1", PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }],
    ...further,
  };
  const created = service.resources["AWS::DynamoDB::GlobalTable"]?.(
    {
      stackName: "Automation",
      stackId: "stack",
      logicalId: "Ledger",
      type: "AWS::DynamoDB::GlobalTable",
      properties,
      assemblyFolder: "",
      generatedName: "Automation-Ledger-1",
    },
    local.cloud,
  );
  service.start?.(local.cloud);
  const call = (operation: string, input: JsonObject): Promise<JsonObject> =>
    local.request(owner, { service: "dynamodb", operation, input: { TableName: "ledger", ...input } });
  return { ...local, service, created, call };
}
