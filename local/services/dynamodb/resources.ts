/** Tables from templates: AWS::DynamoDB::Table and AWS::DynamoDB::GlobalTable. */
import type { CreatedResource, Json, JsonObject, ResourceDeclaration } from "../../contract.ts";
import { arnOf } from "../../contract.ts";
import type { IndexSchema, KeyAttribute, KeySchema, KeyType, TableSchema } from "./schema.ts";
import { keyAttributes } from "./schema.ts";
import { Table } from "./table.ts";
import type { Tables } from "./tables.ts";

/** Properties that change nothing a caller of this cloud could see. */
const withoutEffect = [
  "BillingMode",
  "ContributorInsightsSpecification",
  "KinesisStreamSpecification",
  "OnDemandThroughput",
  "PointInTimeRecoverySpecification",
  "ProvisionedThroughput",
  "ReadOnDemandThroughputSettings",
  "ReadProvisionedThroughputSettings",
  "ResourcePolicy",
  "SSESpecification",
  "TableClass",
  "Tags",
  "WarmThroughput",
  "WriteOnDemandThroughputSettings",
  "WriteProvisionedThroughputSettings",
];
const modelled = [
  "AttributeDefinitions",
  "DeletionProtectionEnabled",
  "GlobalSecondaryIndexes",
  "KeySchema",
  "Replicas",
  "TableName",
  "TimeToLiveSpecification",
];

class TemplateReader {
  readonly #where: string;

  constructor({ stackName, logicalId, type }: ResourceDeclaration) {
    this.#where = `${type} ${logicalId} of stack ${stackName}`;
  }

  refusal(what: string): Error {
    return new Error(`creating ${this.#where}: ${what}`);
  }

  objects(value: Json | undefined, property: string): readonly JsonObject[] {
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw this.refusal(`${property} should be a list, is ${JSON.stringify(value)}`);
    return value.map((member) => this.object(member, property));
  }

  object(value: Json | undefined, property: string): JsonObject {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
    throw this.refusal(`${property} should be an object, is ${JSON.stringify(value)}`);
  }

  text(value: Json | undefined, property: string): string {
    if (typeof value === "string") return value;
    throw this.refusal(`${property} should be a string, is ${JSON.stringify(value)}`);
  }

  key(value: Json | undefined, types: ReadonlyMap<string, KeyType>, property: string): KeySchema {
    const attributes = this.objects(value, property).map((entry): [string, KeyAttribute] => {
      const name = this.text(entry.AttributeName, `${property} AttributeName`);
      const type = types.get(name);
      if (!type) throw this.refusal(`${property} names ${name}, which AttributeDefinitions does not define`);
      return [this.text(entry.KeyType, `${property} KeyType`), { name, type }];
    });
    const [partition, sort, ...rest] = attributes;
    if (partition?.[0] !== "HASH" || (sort && sort[0] !== "RANGE") || rest.length > 0)
      throw this.refusal(`${property} should be one HASH and at most one RANGE attribute`);
    return { partition: partition[1], sort: sort?.[1] };
  }

  types(properties: JsonObject): ReadonlyMap<string, KeyType> {
    return new Map(
      this.objects(properties.AttributeDefinitions, "AttributeDefinitions").map((entry) => {
        const type = this.text(entry.AttributeType, "AttributeType");
        if (type !== "S" && type !== "N" && type !== "B")
          throw this.refusal(`AttributeType should be S, N or B, is ${type}`);
        return [this.text(entry.AttributeName, "AttributeName"), type];
      }),
    );
  }

  index(entry: JsonObject, types: ReadonlyMap<string, KeyType>): IndexSchema {
    const name = this.text(entry.IndexName, "IndexName");
    const projection = this.object(entry.Projection, `Projection of index ${name}`);
    const kept = projection.NonKeyAttributes;
    const names = Array.isArray(kept) ? kept.map((member) => this.text(member, "NonKeyAttributes")) : [];
    return {
      name,
      key: this.key(entry.KeySchema, types, `KeySchema of index ${name}`),
      projection: projection.ProjectionType === "ALL" ? "all" : names,
    };
  }

  expiryAttribute(properties: JsonObject): string | undefined {
    if (properties.TimeToLiveSpecification === undefined) return undefined;
    const specification = this.object(properties.TimeToLiveSpecification, "TimeToLiveSpecification");
    const isEnabled = specification.Enabled === true || specification.Enabled === "true";
    return isEnabled ? this.text(specification.AttributeName, "TimeToLiveSpecification AttributeName") : undefined;
  }
}

function refuseUnknown(reader: TemplateReader, properties: JsonObject): void {
  for (const property of Object.keys(properties))
    if (!modelled.includes(property) && !withoutEffect.includes(property))
      throw reader.refusal(`the local cloud does not model the property ${property}`);
}

function refuseUnusedDefinitions(
  reader: TemplateReader,
  schema: TableSchema,
  types: ReadonlyMap<string, KeyType>,
): void {
  const used = new Set(
    [schema.key, ...schema.indexes.map(({ key }) => key)].flatMap(keyAttributes).map(({ name }) => name),
  );
  const unused = [...types.keys()].filter((name) => !used.has(name));
  if (unused.length > 0)
    throw reader.refusal(
      `AttributeDefinitions defines ${unused.join(", ")}, which no key uses; define key attributes only`,
    );
}

/** Makes the table a template declares. */
export function createTable(tables: Tables, declaration: ResourceDeclaration): CreatedResource {
  const { properties } = declaration;
  const reader = new TemplateReader(declaration);
  refuseUnknown(reader, properties);
  const types = reader.types(properties);
  const name =
    properties.TableName === undefined ? declaration.generatedName : reader.text(properties.TableName, "TableName");
  if (!/^[a-zA-Z0-9_.-]{3,255}$/.test(name))
    throw reader.refusal(`TableName should be 3 to 255 of a-z, A-Z, 0-9, _.-, is ${name}`);
  if (tables.byName.has(name)) throw reader.refusal(`there is a table ${name} already`);
  const replicas = reader.objects(properties.Replicas, "Replicas");
  const elsewhere = replicas.find(({ Region }) => Region !== tables.cloud.region);
  if (elsewhere)
    throw reader.refusal(
      `the local cloud has one region, ${tables.cloud.region}; there is a replica in ${elsewhere.Region}`,
    );
  const schema: TableSchema = {
    name,
    arn: arnOf(tables.cloud, "dynamodb", `table/${name}`),
    id: tables.cloud.random.uuid(),
    createdAtMs: tables.cloud.clock.now(),
    key: reader.key(properties.KeySchema, types, "KeySchema"),
    indexes: reader
      .objects(properties.GlobalSecondaryIndexes, "GlobalSecondaryIndexes")
      .map((entry) => reader.index(entry, types)),
    expiryAttribute: reader.expiryAttribute(properties),
    isDeletionProtected: [properties, ...replicas].some(
      ({ DeletionProtectionEnabled }) => DeletionProtectionEnabled === true,
    ),
  };
  refuseUnusedDefinitions(reader, schema, types);
  tables.byName.set(name, new Table(schema, tables.cloud));
  return { ref: name, attributes: { Arn: schema.arn, TableId: schema.id } };
}
