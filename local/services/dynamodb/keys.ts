/** What a key must be like, before anything else is looked at. */
import { validation } from "./errors.ts";
import { type KeyAttribute, type KeySchema, keyAttributes, type TableSchema } from "./schema.ts";
import { type AttributeValue, attributeOf, type Item, pickAttributes, typeOf } from "./value.ts";

/** Longest partition and sort keys in bytes. Source: DynamoDB developer guide, "Constraints in Amazon DynamoDB". */
const maxPartitionBytes = 2048;
const maxSortBytes = 1024;

const mismatch = () => validation("The provided key element does not match the schema");

function refuseBytes(value: AttributeValue, { type }: KeyAttribute, isPartition: boolean): void {
  if (type === "N") return;
  const bytes = type === "S" ? Buffer.byteLength(value.S ?? "") : Buffer.byteLength(value.B ?? "", "base64");
  if (isPartition && bytes > maxPartitionBytes)
    throw validation(
      "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes",
    );
  if (!isPartition && bytes > maxSortBytes)
    throw validation(
      "One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
    );
}

const emptyWord = (value: AttributeValue): string | undefined =>
  value.S === "" ? "string" : value.B === "" ? "binary" : undefined;

/** Refuses a value that cannot be this key attribute. */
export function checkKeyAttribute(
  value: AttributeValue | undefined,
  attribute: KeyAttribute,
  isPartition: boolean,
): void {
  if (value?.[attribute.type] === undefined) throw mismatch();
  const empty = emptyWord(value);
  if (empty)
    throw validation(
      `One or more parameter values were invalid: The AttributeValue for a key attribute cannot contain an empty ${empty} value. Key: ${attribute.name}`,
    );
  refuseBytes(value, attribute, isPartition);
}

/** Refuses a `Key` that is not exactly the table's. */
export function checkKey(key: Item, schema: KeySchema): void {
  const attributes = keyAttributes(schema);
  if (Object.keys(key).length !== attributes.length) throw mismatch();
  for (const attribute of attributes)
    checkKeyAttribute(attributeOf(key, attribute.name), attribute, attribute === schema.partition);
}

/** Refuses an item without its key, or with an index key of another type. */
export function checkItemKeys(item: Item, { key, indexes }: TableSchema): void {
  for (const attribute of keyAttributes(key)) {
    const value = attributeOf(item, attribute.name);
    if (!value)
      throw validation(`One or more parameter values were invalid: Missing the key ${attribute.name} in the item`);
    if (value[attribute.type] === undefined)
      throw validation(
        `One or more parameter values were invalid: Type mismatch for key ${attribute.name} expected: ${attribute.type} actual: ${typeOf(value)}`,
      );
    const empty = emptyWord(value);
    if (empty)
      throw validation(
        `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${empty} value. Key: ${attribute.name}`,
      );
    refuseBytes(value, attribute, attribute === key.partition);
  }
  for (const index of indexes)
    for (const attribute of keyAttributes(index.key)) {
      const value = attributeOf(item, attribute.name);
      if (value) checkIndexKey(value, attribute, index.name, attribute === index.key.partition);
    }
}

/** Refuses a value that no index key of that name can have. */
export function checkIndexKeyType(value: AttributeValue, attribute: KeyAttribute, index: string): void {
  if (value[attribute.type] === undefined)
    throw validation(
      `One or more parameter values were invalid: Type mismatch for Index Key ${attribute.name} Expected: ${attribute.type} Actual: ${typeOf(value)} IndexName: ${index}`,
    );
}

function checkIndexKey(value: AttributeValue, attribute: KeyAttribute, index: string, isPartition: boolean): void {
  checkIndexKeyType(value, attribute, index);
  const empty = emptyWord(value);
  if (empty)
    throw validation(
      `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${empty} value. IndexName: ${index}, IndexKey: ${attribute.name}`,
    );
  refuseBytes(value, attribute, isPartition);
}

/** Refuses an update that leaves an index key of another type, or an empty one. */
export function checkIndexKeysAfterUpdate(item: Item, { indexes }: TableSchema): void {
  for (const { key } of indexes)
    for (const attribute of keyAttributes(key)) {
      const value = attributeOf(item, attribute.name);
      if (!value) continue;
      if (value[attribute.type] === undefined)
        throw validation("The update expression attempted to update the secondary index key to unsupported type");
      const empty = emptyWord(value);
      if (empty)
        throw validation(
          `The update expression attempted to update the secondary index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty ${empty} value.`,
        );
      refuseBytes(value, attribute, attribute === key.partition);
    }
}

/** Just the key attributes of an item, in the order of the schemas. */
export function keyOf(item: Item, ...schemas: readonly KeySchema[]): Item {
  return pickAttributes(
    item,
    schemas.flatMap((schema) => keyAttributes(schema).map(({ name }) => name)),
  );
}
