/** DescribeTable, ListTables, DescribeTimeToLive: what there is. */
import type { JsonObject, Operation } from "../../../contract.ts";
import { type KeySchema, keyAttributes, type TableSchema } from "../schema.ts";
import type { Table } from "../table.ts";
import type { Tables } from "../tables.ts";

const keySchemaOf = ({ partition, sort }: KeySchema): JsonObject[] => [
  { AttributeName: partition.name, KeyType: "HASH" },
  ...(sort ? [{ AttributeName: sort.name, KeyType: "RANGE" }] : []),
];

function attributeDefinitions({ key, indexes }: TableSchema): JsonObject[] {
  const types = new Map(
    [key, ...indexes.map((index) => index.key)].flatMap(keyAttributes).map(({ name, type }) => [name, type]),
  );
  return [...types].map(([name, type]) => ({ AttributeName: name, AttributeType: type }));
}

function describe({ schema, size, indexes }: Table): JsonObject {
  return {
    TableName: schema.name,
    TableArn: schema.arn,
    TableId: schema.id,
    TableStatus: "ACTIVE",
    CreationDateTime: schema.createdAtMs / 1000,
    AttributeDefinitions: attributeDefinitions(schema),
    KeySchema: keySchemaOf(schema.key),
    BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
    ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
    ItemCount: size.items,
    TableSizeBytes: size.bytes,
    DeletionProtectionEnabled: schema.isDeletionProtected,
    ...(indexes.length > 0 && {
      GlobalSecondaryIndexes: indexes.map(({ schema: index }) => ({
        IndexName: index.name,
        IndexArn: `${schema.arn}/index/${index.name}`,
        IndexStatus: "ACTIVE",
        KeySchema: keySchemaOf(index.key),
        Projection: projectionOf(index.projection),
      })),
    }),
  };
}

function projectionOf(projection: "all" | readonly string[]): JsonObject {
  if (projection === "all") return { ProjectionType: "ALL" };
  return projection.length === 0
    ? { ProjectionType: "KEYS_ONLY" }
    : { ProjectionType: "INCLUDE", NonKeyAttributes: projection };
}

/** DescribeTable over these tables. */
export const describeTable = (tables: Tables): Operation => ({
  needs: (request) => tables.needs("DescribeTable", request),
  run: (request) => ({ Table: describe(tables.of(request)) }),
});

/** DescribeTimeToLive over these tables. */
export const describeTimeToLive = (tables: Tables): Operation => ({
  needs: (request) => tables.needs("DescribeTimeToLive", request),
  run: (request) => {
    const { expiryAttribute } = tables.of(request).schema;
    const description = expiryAttribute
      ? { TimeToLiveStatus: "ENABLED", AttributeName: expiryAttribute }
      : { TimeToLiveStatus: "DISABLED" };
    return { TimeToLiveDescription: description };
  },
});

/** ListTables: names in order, `Limit` of them after `ExclusiveStartTableName`. */
export const listTables = (tables: Tables): Operation => ({
  needs: () => [{ action: "dynamodb:ListTables", resource: "*" }],
  run: (request) => {
    const limit = typeof request.Limit === "number" ? request.Limit : 100;
    const after = typeof request.ExclusiveStartTableName === "string" ? request.ExclusiveStartTableName : "";
    const names = [...tables.byName.keys()].sort().filter((name) => name > after);
    const page = names.slice(0, limit);
    return { TableNames: page, ...(names.length > limit && { LastEvaluatedTableName: page.at(-1) }) };
  },
});
