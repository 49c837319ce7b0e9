import { beforeEach, describe, expect, test } from "vitest";
import type { JsonObject, Principal } from "../../contract.ts";
import { cloudWithTable } from "./tables.fixture.ts";

let ledger: ReturnType<typeof cloudWithTable>;
beforeEach(() => {
  ledger = cloudWithTable();
});

const put = (pk: string, sk: string, attributes: JsonObject = {}) =>
  ledger.call("PutItem", { Item: { pk: { S: pk }, sk: { S: sk }, ...attributes } });
const query = (KeyConditionExpression: string, values: JsonObject, further: JsonObject = {}) =>
  ledger.call("Query", {
    ...(!further.IndexName && { ConsistentRead: true }),
    KeyConditionExpression,
    ExpressionAttributeValues: values,
    ...further,
  });
const sorts = ({ Items }: JsonObject) => (Items as { sk: { S: string } }[]).map(({ sk }) => sk.S);
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => expect.unreachable("was not refused"),
    (error) => error,
  );

describe("a query answers a range of one partition in order", () => {
  beforeEach(async () => {
    for (const sk of ["b#2", "a#1", "b#10", "c#1", "b#1"]) await put("p", sk);
    await put("q", "b#1");
  });
  const p = { ":p": { S: "p" } };

  test.each([
    ["pk = :p", {}, ["a#1", "b#1", "b#10", "b#2", "c#1"]],
    ["pk = :p AND sk = :s", { ":s": { S: "b#2" } }, ["b#2"]],
    ["pk = :p AND begins_with(sk, :s)", { ":s": { S: "b#" } }, ["b#1", "b#10", "b#2"]],
    ["pk = :p AND begins_with(sk, :s)", { ":s": { S: "z" } }, []],
    ["pk = :p AND sk BETWEEN :s AND :t", { ":s": { S: "b#1" }, ":t": { S: "b#10" } }, ["b#1", "b#10"]],
    ["pk = :p AND sk < :s", { ":s": { S: "b#1" } }, ["a#1"]],
    ["pk = :p AND sk <= :s", { ":s": { S: "b#1" } }, ["a#1", "b#1"]],
    ["pk = :p AND sk > :s", { ":s": { S: "b#2" } }, ["c#1"]],
    ["sk >= :s AND pk = :p", { ":s": { S: "b#2" } }, ["b#2", "c#1"]],
    [":s <= sk AND :p = pk", { ":s": { S: "b#2" } }, ["b#2", "c#1"]],
  ])("%s with %o", async (condition, values, expected) => {
    const forward = await query(condition, { ...p, ...values });
    expect(sorts(forward)).toEqual(expected);
    const backward = await query(condition, { ...p, ...values }, { ScanIndexForward: false });
    expect(sorts(backward)).toEqual([...expected].reverse());
  });

  test.each([
    ["sk = :p", {}, "Query condition missed key schema element: pk"],
    ["pk > :p", {}, "Query key condition not supported"],
    ["pk = :p AND begins_with(sk, :n)", { ":n": { N: "1" } }, "operator or function: begins_with, operand type: N"],
    ["pk = :p AND sk = :n", { ":n": { N: "1" } }, "Condition parameter type does not match schema type"],
    ["pk = :p OR sk = :p", {}, "Invalid operator used in KeyConditionExpression: OR"],
    ["pk = :p AND sk <> :p", {}, "Invalid operator used in KeyConditionExpression: <>"],
    ["pk = :p AND sk > :p AND sk < :p", {}, "must only contain one condition per key"],
    ["pk = :p AND elsewhere = :p", {}, "Query condition missed key schema element: sk"],
    ["pk = :p AND sk.x = :p", {}, "cannot have conditions on nested attributes"],
  ])("%s is refused: %s", async (condition, values, message) => {
    expect((await refusal(query(condition, { ...p, ...values }))).message).toContain(message);
  });

  test("in pages, each beginning after the last, in both directions", async () => {
    for (const ScanIndexForward of [true, false]) {
      const seen: string[] = [];
      let ExclusiveStartKey: JsonObject | undefined;
      do {
        const page: JsonObject = await query("pk = :p", p, {
          Limit: 2,
          ScanIndexForward,
          ...(ExclusiveStartKey && { ExclusiveStartKey }),
        });
        seen.push(...sorts(page));
        ExclusiveStartKey = page.LastEvaluatedKey as JsonObject | undefined;
      } while (ExclusiveStartKey);
      const inOrder = ["a#1", "b#1", "b#10", "b#2", "c#1"];
      expect(seen).toEqual(ScanIndexForward ? inOrder : inOrder.reverse());
    }
  });

  test("and the limit counts what was read, not what a filter let through", async () => {
    await put("p", "d#1", { open: { BOOL: true } });
    const filtered = await query(
      "pk = :p",
      { ...p, ":t": { BOOL: true } },
      {
        FilterExpression: "#open = :t",
        ExpressionAttributeNames: { "#open": "open" },
        Limit: 5,
      },
    );
    expect(filtered).toMatchObject({ Items: [], Count: 0, ScannedCount: 5, LastEvaluatedKey: { sk: { S: "c#1" } } });
  });

  test("and a filter on a key is refused", async () => {
    const filtered = query("pk = :p", p, { FilterExpression: "sk = :p" });
    expect((await refusal(filtered)).message).toContain(
      "Filter Expression can only contain non-primary key attributes",
    );
  });

  test("only a count when nothing else is asked for", async () => {
    expect(await query("pk = :p", p, { Select: "COUNT" })).toEqual({ Count: 5, ScannedCount: 5 });
  });
});

test("a page ends with the item that reaches 1 MB", async () => {
  for (const sk of ["1", "2", "3", "4"]) await put("p", sk, { a: { S: "x".repeat(390 * 1024) } });
  const page = await query("pk = :p", { ":p": { S: "p" } });
  expect(sorts(page)).toEqual(["1", "2", "3"]);
  const rest = await query("pk = :p", { ":p": { S: "p" } }, { ExclusiveStartKey: page.LastEvaluatedKey as JsonObject });
  expect(sorts(rest)).toEqual(["4"]);
  expect(rest.LastEvaluatedKey).toBeUndefined();
});

describe("a read that is not asked to be consistent", () => {
  const Key = { pk: { S: "p" }, sk: { S: "s" } };

  test("may see what stood there before, and sees the new when a moment has passed", async () => {
    await put("p", "s", { v: { N: "1" } });
    await ledger.clock.advance(ledger.clock.now() + 200);
    await put("p", "s", { v: { N: "2" } });
    expect(await ledger.call("GetItem", { Key })).toMatchObject({ Item: { v: { N: "1" } } });
    expect(await ledger.call("GetItem", { Key, ConsistentRead: true })).toMatchObject({ Item: { v: { N: "2" } } });
    await ledger.clock.advance(ledger.clock.now() + 200);
    const later = await query("pk = :p", { ":p": { S: "p" } }, { ConsistentRead: false });
    expect(later).toMatchObject({ Items: [{ v: { N: "2" } }] });
  });

  test("sees the new at the second look while time stands still", async () => {
    await put("p", "s");
    expect(await ledger.call("GetItem", { Key })).toEqual({});
    expect(await ledger.call("GetItem", { Key })).toEqual({ Item: Key });
  });
});

test("a projection takes parts of maps and lists", async () => {
  await put("p", "s", { m: { M: { x: { N: "1" }, y: { N: "2" } } }, l: { L: [{ N: "0" }, { N: "1" }, { N: "2" }] } });
  const item = await ledger.call("GetItem", {
    Key: { pk: { S: "p" }, sk: { S: "s" } },
    ConsistentRead: true,
    ProjectionExpression: "m.x, l[2], l[0], nothing",
  });
  expect(item).toEqual({ Item: { m: { M: { x: { N: "1" } } }, l: { L: [{ N: "0" }, { N: "2" }] } } });
});

describe("an index", () => {
  const due = (at: string) =>
    query("lane = :l AND due <= :now", { ":l": { S: "open" }, ":now": { N: at } }, { IndexName: "by-due" });
  const open = (sk: string, at: string) => put("p", sk, { lane: { S: "open" }, due: { N: at } });
  const settle = () => ledger.clock.advance(ledger.clock.now() + 1000);

  test("is sparse, in order of numbers, and an item leaves it with its key", async () => {
    await open("ten", "10");
    await open("nine", "9");
    await open("later", "100");
    await put("p", "closed", { due: { N: "1" } });
    await settle();
    expect(sorts(await due("50"))).toEqual(["nine", "ten"]);
    await ledger.call("UpdateItem", { Key: { pk: { S: "p" }, sk: { S: "nine" } }, UpdateExpression: "REMOVE due" });
    await settle();
    expect(sorts(await due("50"))).toEqual(["ten"]);
  });

  test("is a moment behind the table", async () => {
    await open("new", "1");
    expect(sorts(await due("50"))).toEqual([]);
    await settle();
    expect(sorts(await due("50"))).toEqual(["new"]);
  });

  test("shows everything to a second look while time stands still", async () => {
    await open("new", "1");
    expect([sorts(await due("50")), sorts(await due("50"))]).toEqual([[], ["new"]]);
  });

  test("pages by the index's key and the table's", async () => {
    for (const sk of ["a", "b", "c"]) await open(sk, "1");
    await settle();
    const request = { IndexName: "by-due", Limit: 2 };
    const first = await query("lane = :l", { ":l": { S: "open" } }, request);
    expect(Object.keys(first.LastEvaluatedKey as object).sort()).toEqual(["due", "lane", "pk", "sk"]);
    const ExclusiveStartKey = first.LastEvaluatedKey as JsonObject;
    const second = await query("lane = :l", { ":l": { S: "open" } }, { ...request, ExclusiveStartKey });
    expect([sorts(first), sorts(second)]).toEqual([["a", "b"], ["c"]]);
  });

  test("has no consistent reads", async () => {
    const consistent = query("lane = :l", { ":l": { S: "o" } }, { IndexName: "by-due", ConsistentRead: true });
    expect((await refusal(consistent)).message).toBe("Consistent reads are not supported on global secondary indexes");
  });
});

test("a scan reads every item once over its pages, in no order to rely on", async () => {
  const put30 = Array.from({ length: 30 }, (_, at) => `p${String(at).padStart(2, "0")}`);
  for (const pk of put30) await put(pk, "s");
  const seen: string[] = [];
  let ExclusiveStartKey: JsonObject | undefined;
  do {
    const page: JsonObject = await ledger.call("Scan", {
      ConsistentRead: true,
      Limit: 7,
      ...(ExclusiveStartKey && { ExclusiveStartKey }),
    });
    seen.push(...(page.Items as { pk: { S: string } }[]).map(({ pk }) => pk.S));
    ExclusiveStartKey = page.LastEvaluatedKey as JsonObject | undefined;
  } while (ExclusiveStartKey);
  expect(seen).not.toEqual(put30);
  expect(seen.sort()).toEqual(put30);
});

test("an expired item stays readable until the hourly sweep, and one that has not expired stays after it", async () => {
  const nowSeconds = ledger.clock.now() / 1000;
  await put("p", "over", { expiresAt: { N: String(nowSeconds + 10) } });
  await put("p", "not-yet", { expiresAt: { N: String(nowSeconds + 7200) } });
  await put("p", "long-ago", { expiresAt: { N: String(nowSeconds - 6 * 365 * 24 * 3600) } });
  await put("p", "renewed", { expiresAt: { N: String(nowSeconds + 10) } });
  await put("p", "renewed", { expiresAt: { N: String(nowSeconds + 7200) } });
  await ledger.clock.advance(ledger.clock.now() + 3599_000);
  const all = async () => sorts(await query("pk = :p", { ":p": { S: "p" } }));
  expect(await all()).toEqual(["long-ago", "not-yet", "over", "renewed"]);
  await ledger.clock.advance(ledger.clock.now() + 2000);
  expect(await all()).toEqual(["long-ago", "not-yet", "renewed"]);
});

describe("permission is asked for the table or index, with its leading keys", () => {
  const context = { cloud: {} as never, principal: { kind: "owner" } as Principal, requestId: "r" };
  const needs = (operation: string, input: JsonObject) =>
    ledger.service.operations[operation]?.needs({ TableName: "ledger", ...input }, context);
  const table = "arn:aws:dynamodb:us-east-1:111122223333:table/ledger";
  const Key = { pk: { S: "p" }, sk: { S: "s" } };

  test.each([
    ["PutItem", { Item: Key }, table, ["p"]],
    ["GetItem", { Key }, table, ["p"]],
    ["UpdateItem", { Key }, table, ["p"]],
    ["DeleteItem", { Key }, table, ["p"]],
    ["Query", { KeyConditionExpression: "pk = :p", ExpressionAttributeValues: { ":p": { S: "x" } } }, table, ["x"]],
    [
      "Query",
      { IndexName: "by-due", KeyConditionExpression: "lane = :l", ExpressionAttributeValues: { ":l": { S: "open" } } },
      `${table}/index/by-due`,
      ["open"],
    ],
  ])("%s", (operation, input, resource, leading) => {
    expect(needs(operation, input as JsonObject)).toEqual([
      { action: `dynamodb:${operation}`, resource, context: { "dynamodb:LeadingKeys": leading } },
    ]);
  });

  test("a scan has none", () => {
    expect(needs("Scan", {})).toEqual([{ action: "dynamodb:Scan", resource: table }]);
  });
});

describe("a table", () => {
  test("is what its template says", async () => {
    expect(ledger.created).toMatchObject({
      ref: "ledger",
      attributes: { Arn: "arn:aws:dynamodb:us-east-1:111122223333:table/ledger" },
    });
    await put("p", "s");
    expect(await ledger.call("DescribeTable", {})).toMatchObject({
      Table: { TableStatus: "ACTIVE", ItemCount: 1, GlobalSecondaryIndexes: [{ IndexName: "by-due" }] },
    });
    expect(await ledger.call("ListTables", {})).toEqual({ TableNames: ["ledger"] });
    expect(await ledger.call("DescribeTimeToLive", {})).toEqual({
      TimeToLiveDescription: { TimeToLiveStatus: "ENABLED", AttributeName: "expiresAt" },
    });
  });

  test.each([
    [
      "an undefined key",
      { KeySchema: [{ AttributeName: "id", KeyType: "HASH" }] },
      "which AttributeDefinitions does not",
    ],
    ["a definition no key uses", { GlobalSecondaryIndexes: [] }, "defines lane, due, which no key uses"],
    ["a replica elsewhere", { Replicas: [{ Region: "eu-west-1" }] }, "there is a replica in eu-west-1"],
    ["a stream", { StreamSpecification: {} }, "does not model the property StreamSpecification"],
  ])("with %s is refused", (_, properties, message) => {
    expect(() => cloudWithTable(properties as JsonObject)).toThrow(message);
  });
});
