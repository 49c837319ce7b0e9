import { beforeEach, describe, expect, test } from "vitest";
import type { JsonObject } from "../../contract.ts";
import { cloudWithTable } from "./tables.fixture.ts";

let ledger: ReturnType<typeof cloudWithTable>;
beforeEach(() => {
  ledger = cloudWithTable();
});

const Key = { pk: { S: "service#api" }, sk: { S: "state" } };
const put = (attributes: JsonObject = {}, further: JsonObject = {}) =>
  ledger.call("PutItem", { Item: { ...Key, ...attributes }, ...further });
const read = async () => (await ledger.call("GetItem", { Key, ConsistentRead: true })).Item as JsonObject | undefined;
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => expect.unreachable("was not refused"),
    (error) => error,
  );

describe("a claim is one conditional write", () => {
  test("a put on condition that nothing is there succeeds once, and the second hears what stands there", async () => {
    const claim = {
      ConditionExpression: "attribute_not_exists(pk)",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    };
    await put({ v: { N: "1" } }, claim);
    const second = await refusal(put({ v: { N: "2" } }, claim));
    expect(second).toMatchObject({
      code: "ConditionalCheckFailedException",
      message: "The conditional request failed",
    });
    expect(second.members).toEqual({ Item: { ...Key, v: { N: "1" } } });
    expect(await read()).toMatchObject({ v: { N: "1" } });
  });

  test("a failed condition on nothing tells no item", async () => {
    const failed = await refusal(
      ledger.call("DeleteItem", {
        Key,
        ConditionExpression: "attribute_exists(pk)",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
    expect(failed.members).toEqual({});
  });

  test("a version moves by one, and only from the version that was read", async () => {
    await put({ v: { N: "41" } });
    const step = {
      Key,
      UpdateExpression: "SET v = v + :one",
      ConditionExpression: "v = :v",
      ExpressionAttributeValues: { ":one": { N: "1" }, ":v": { N: "41" } },
      ReturnValues: "ALL_NEW",
    };
    expect(await ledger.call("UpdateItem", step)).toEqual({ Attributes: { ...Key, v: { N: "42" } } });
    expect(await refusal(ledger.call("UpdateItem", step))).toMatchObject({ code: "ConditionalCheckFailedException" });
  });

  test.each([
    ["nobody holds it", {}, true],
    ["its time is over", { leaseUntil: { N: "99" }, leaseOwner: { S: "other" } }, true],
    ["it is mine", { leaseUntil: { N: "101" }, leaseOwner: { S: "me" } }, true],
    ["another holds it", { leaseUntil: { N: "101" }, leaseOwner: { S: "other" } }, false],
  ])("a lease can be taken when %s", async (_, attributes, taken) => {
    await put(attributes);
    const take = ledger.call("UpdateItem", {
      Key,
      UpdateExpression: "SET leaseUntil = :until, leaseOwner = :me",
      ConditionExpression: "attribute_not_exists(leaseUntil) OR leaseUntil < :now OR leaseOwner = :me",
      ExpressionAttributeValues: { ":until": { N: "200" }, ":now": { N: "100" }, ":me": { S: "me" } },
    });
    if (taken) expect(await take).toEqual({});
    else expect(await refusal(take)).toMatchObject({ code: "ConditionalCheckFailedException" });
  });
});

describe("an update", () => {
  const update = (UpdateExpression: string, values: JsonObject | undefined, further: JsonObject = {}) =>
    ledger.call("UpdateItem", {
      Key,
      UpdateExpression,
      ...(values && { ExpressionAttributeValues: values }),
      ...further,
    });

  test("of nothing makes an item of its key", async () => {
    await ledger.call("UpdateItem", { Key });
    expect(await read()).toEqual(Key);
  });

  test("works every value out from the item as it was", async () => {
    await put({ a: { N: "1" }, b: { N: "2" } });
    await update("SET a = b, b = a", undefined);
    expect(await read()).toMatchObject({ a: { N: "2" }, b: { N: "1" } });
  });

  test("removes members of a list by the places they had", async () => {
    await put({ l: { L: [{ N: "0" }, { N: "1" }, { N: "2" }, { N: "3" }] } });
    await update("REMOVE l[0], l[1] SET l[9] = :x", { ":x": { S: "end" } });
    expect(await read()).toMatchObject({ l: { L: [{ N: "2" }, { N: "3" }, { S: "end" }] } });
  });

  test("changes what is nested without touching what was answered before", async () => {
    await put({ m: { M: { deep: { M: { x: { N: "1" } } } } } });
    const before = await read();
    await update("SET m.deep.x = :x", { ":x": { N: "2" } });
    expect(before).toMatchObject({ m: { M: { deep: { M: { x: { N: "1" } } } } } });
    expect(await read()).toMatchObject({ m: { M: { deep: { M: { x: { N: "2" } } } } } });
  });

  test("answers only what it changed when asked for UPDATED_NEW or UPDATED_OLD", async () => {
    await put({ a: { N: "1" }, m: { M: { x: { N: "1" }, y: { N: "1" } } } });
    const change = { ":n": { N: "5" } };
    expect(await update("SET m.x = :n", change, { ReturnValues: "UPDATED_OLD" })).toEqual({
      Attributes: { m: { M: { x: { N: "1" } } } },
    });
    expect(await update("ADD m.x :n", change, { ReturnValues: "UPDATED_NEW" })).toEqual({
      Attributes: { m: { M: { x: { N: "10" } } } },
    });
  });

  test("adds to and takes from sets, and an empty set is no attribute", async () => {
    await put({ s: { SS: ["a"] } });
    await update("ADD s :s", { ":s": { SS: ["a", "b"] } });
    expect(await read()).toMatchObject({ s: { SS: ["a", "b"] } });
    await update("DELETE s :s", { ":s": { SS: ["a", "b"] } });
    expect(await read()).toEqual(Key);
  });

  test.each([
    ["SET pk = :x", "Cannot update attribute pk. This attribute is part of the key"],
    ["SET status = :x", "Attribute name is a reserved keyword; reserved keyword: status"],
    ["SET a = :x, a = :x", "Two document paths overlap with each other"],
    ["SET a.b = :x, a[0] = :x", "Two document paths conflict with each other"],
    ["SET a = :x SET b = :x", 'The "SET" section can only be used once'],
    ["ADD a :x", "operator: ADD, operand type: STRING"],
    ["SET a = :x, b = :y", "An expression attribute value used in expression is not defined; attribute value: :y"],
    ["SET a = size(:x)", "Invalid function name; function: size"],
    ["SET a = b + :x", "operator or function: +, operand type: S"],
    ["SET m.a.b = :x", "The document path provided in the update expression is invalid for update"],
    ["SET a = b, c = :x", "The provided expression refers to an attribute that does not exist in the item"],
    ["SET a := :x", 'Syntax error; token: ":", near: "a :="'],
    ["SET a = :x,", 'Syntax error; token: "<EOF>", near: ","'],
    ["", "The expression can not be empty;"],
    ["SET lane = :n, a = :x", "Type mismatch for Index Key lane Expected: S Actual: N IndexName: by-due"],
    [
      "SET lane = if_not_exists(a, :n), b = :x",
      "The update expression attempted to update the secondary index key to unsupported type",
    ],
  ])("%s is refused: %s", async (expression, message) => {
    const values = { ":x": { S: "x" }, ...(expression.includes(":n") && { ":n": { N: "1" } }) };
    expect((await refusal(update(expression, values))).message).toContain(message);
    expect(await read()).toBeUndefined();
  });

  test("a placeholder that nothing uses is refused", async () => {
    const unused = await refusal(update("SET a = :x", { ":x": { S: "x" }, ":y": { S: "y" } }));
    expect(unused.message).toBe("Value provided in ExpressionAttributeValues unused in expressions: keys: {:y}");
  });
});

describe("an item is refused", () => {
  test.each([
    ["without its key", { pk: { S: "p" } }, "Missing the key sk in the item"],
    [
      "with a key of another type",
      { pk: { N: "1" }, sk: { S: "s" } },
      "Type mismatch for key pk expected: S actual: N",
    ],
    ["with an empty key", { pk: { S: "" }, sk: { S: "s" } }, "cannot contain an empty string value. Key: pk"],
    ["with an index key of another type", { ...Key, due: { S: "x" } }, "Type mismatch for Index Key due Expected: N"],
    ["with an empty index key", { ...Key, lane: { S: "" } }, "IndexName: by-due, IndexKey: lane"],
    ["with a value of two types", { ...Key, a: { S: "", N: "1" } }, "more than one datatypes set"],
    ["with an empty set", { ...Key, a: { SS: [] } }, "An string set  may not be empty"],
    ["with a set that repeats", { ...Key, a: { NS: ["1", "1.0"] } }, "Input collection contains duplicates"],
    ["above 400 KB", { ...Key, a: { S: "x".repeat(400 * 1024) } }, "Item size has exceeded the maximum allowed size"],
    ["with a number for a string", { ...Key, a: { S: 1 } }, "NUMBER_VALUE cannot be converted to String"],
  ])("%s", async (_, Item, message) => {
    expect((await refusal(ledger.call("PutItem", { Item }))).message).toContain(message);
  });

  test("and an item of exactly 400 KB is taken", async () => {
    const names = "pk".length + "sk".length + "a".length;
    const rest = 400 * 1024 - names - "service#api".length - "state".length;
    await put({ a: { S: "x".repeat(rest) } });
    expect((await refusal(put({ a: { S: "x".repeat(rest + 1) } }))).message).toContain("maximum allowed size");
  });
});

test("a key is checked before the condition", async () => {
  const wrong = ledger.call("DeleteItem", { Key: { pk: { S: "p" } }, ConditionExpression: "attribute_exists(pk)" });
  expect((await refusal(wrong)).message).toBe("The provided key element does not match the schema");
});

test("what is not modelled is refused by name, and a table that is not there as AWS does", async () => {
  expect((await refusal(put({}, { Expected: {} }))).message).toContain("Expected");
  expect(await refusal(ledger.call("BatchWriteItem", {}))).toMatchObject({ code: "UnknownOperationException" });
  expect(await refusal(ledger.call("GetItem", { TableName: "other", Key }))).toMatchObject({
    code: "ResourceNotFoundException",
    message: "Requested resource not found",
  });
});
