import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AwsError, type JsonObject } from "../../local/contract.ts";
import { cloudWithTable, ledgerTable } from "../../local/services/dynamodb/tables.fixture.ts";
import { type Dynalite, type Outcome, startDynalite } from "./dynalite.ts";
import { conditionSamples, type Sample, samples, updateSamples } from "./expressions.ts";

let theirs: Dynalite;
const ours = cloudWithTable();

beforeAll(async () => {
  theirs = await startDynalite(ledgerTable as unknown as JsonObject);
});
afterAll(() => theirs.stop());

async function ourOutcome(operation: string, input: JsonObject): Promise<Outcome> {
  try {
    return { code: "ok", message: "", answer: await ours.call(operation, input) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { code: error.code, message: error.message, answer: {} };
  }
}

interface Difference {
  readonly why: string;
  applies(ours: Outcome, theirs: Outcome, sample: Sample): boolean;
}

/** Where we differ on purpose. */
const knownDifferences: readonly Difference[] = [
  {
    why: "AWS refuses to order values other than strings, numbers and binaries before it reads the item",
    applies: (ours) => /operator: (<|<=|>|>=|BETWEEN), operand type: (BOOL|NULL|L|M|SS|NS|BS)$/.test(ours.message),
  },
  {
    why: "AWS finds equal operands in BETWEEN and IN as well",
    applies: (ours) => /must be distinct .* operator: (BETWEEN|IN),/.test(ours.message),
  },
  {
    why: "two attributes that are not there are neither equal nor in order; dynalite takes nothing for equal to nothing",
    applies: (_, __, { condition }) => /[\w\])] ?\)? (=|<>|<|<=|>|>=) \(?(size|[abc#])/.test(condition),
  },
  {
    why: "an empty string has a size, an order and equals; dynalite takes it for nothing",
    applies: (_, __, sample) =>
      / IN | BETWEEN |size/.test(sample.condition) && JSON.stringify(sample).includes('"S":""'),
  },
];

const used = (text: string, keys: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(keys).filter(([key]) => new RegExp(`${key}\\b`).test(text)));

function requestOf({ condition, update, values }: Sample): JsonObject {
  const names = used(`${condition} ${update}`, { "#d": "d" });
  const bound = used(`${condition} ${update}`, values);
  return {
    Key: { pk: { S: "p" }, sk: { S: "s" } },
    ConditionExpression: condition,
    UpdateExpression: update,
    ReturnValues: "ALL_NEW",
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
    ...(Object.keys(bound).length > 0 && { ExpressionAttributeValues: bound }),
  };
}

/** Where syntax fails, each says the place in its own words. */
const withoutPlace = (outcome: Outcome): Outcome => ({
  ...outcome,
  message: outcome.message.replace(/(Syntax error); .*/s, "$1"),
});

/** Runs every sample against both, and answers how many ended how. */
async function compare(arbitrary: fc.Arbitrary<Sample>, numRuns: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const count = (what: string) => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const property = fc.asyncProperty(arbitrary, async (sample) => {
    const put = { Item: sample.item };
    expect(await ourOutcome("PutItem", put)).toEqual(await theirs.call("PutItem", put));
    const request = requestOf(sample);
    const [mine, other] = [await ourOutcome("UpdateItem", request), await theirs.call("UpdateItem", request)];
    if (!isDeepStrictEqual(plain(mine), plain(other))) {
      const difference = knownDifferences.find(({ applies }) => applies(mine, other, sample));
      expect(difference ? "a known difference" : plain(mine), JSON.stringify(request)).toEqual(
        difference ? "a known difference" : plain(other),
      );
      count(difference?.why ?? "differs");
    } else count(mine.code);
  });
  await fc.assert(property, { seed: 20261123, numRuns });
  return counts;
}

const plain = (outcome: Outcome): unknown => JSON.parse(JSON.stringify(withoutPlace(outcome)));

test("random conditions hold, fail and are refused as in dynalite", async () => {
  const counts = await compare(conditionSamples, 800);
  expect(counts.ok).toBeGreaterThan(80);
  expect(counts.ConditionalCheckFailedException).toBeGreaterThan(80);
  expect(counts.ValidationException).toBeGreaterThan(80);
  const [ordering, ...others] = knownDifferences.map(({ why }) => counts[why] ?? 0);
  expect(ordering).toBeLessThan(220);
  for (const other of others) expect(other).toBeLessThan(60);
});

test("random updates leave the item that dynalite leaves", async () => {
  const counts = await compare(updateSamples, 800);
  expect(counts.ok).toBeGreaterThan(80);
  expect(Object.keys(counts).sort()).toEqual(["ValidationException", "ok"]);
});

test("random updates under random conditions end as in dynalite", async () => {
  const counts = await compare(samples, 400);
  expect(counts.ValidationException).toBeGreaterThan(60);
});
