/** The account's item: pause switch, services in trouble, budgets and rate slots, so that admission is one write. */

import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { LEDGER_PARTITIONS } from "#shared/domain/ledger-partitions.ts";
import type { AccountState, Admission, AdmissionRequest } from "#shared/ports/ledger.ts";
import { translate } from "./errors.ts";

type Item = Record<string, AttributeValue>;

export const ACCOUNT_KEY = { pk: { S: LEDGER_PARTITIONS["ledger-account"] }, sk: { S: "state" } } as const;

/** An account in which nothing has happened yet. */
export const nobodyKnown: AccountState = {
  isPaused: false,
  pausedBy: undefined,
  troubled: {},
  acts: { hour: "", count: 0 },
  addedUsd: { month: "", amount: 0 },
  nextSlotAt: {},
  admissions: 0,
};

const texts = (value: AttributeValue | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(value?.M ?? {}).map(([name, { S = "" }]) => [name, S]));

export const accountOf = (item: Item | undefined): AccountState => ({
  isPaused: item?.isPaused?.BOOL ?? false,
  pausedBy: item?.pausedBy?.S,
  troubled: texts(item?.troubled),
  acts: { hour: item?.actsHour?.S ?? "", count: Number(item?.actsCount?.N ?? 0) },
  addedUsd: { month: item?.usdMonth?.S ?? "", amount: Number(item?.usdAmount?.N ?? 0) },
  nextSlotAt: texts(item?.nextSlotAt),
  admissions: Number(item?.admissions?.N ?? 0),
});

/** The stored item, as consistent as a read can be. */
export const accountItem = async (dynamodb: DynamoDBClient, tableName: string): Promise<Item | undefined> => {
  const { Item } = await dynamodb
    .send(new GetItemCommand({ TableName: tableName, Key: ACCOUNT_KEY, ConsistentRead: true }))
    .catch((error: unknown) => {
      throw translate(error, "reading the account's state in the ledger");
    });
  return Item;
};

/** Adds the map of services in trouble when there is none: DynamoDB sets no key of a map that is not there. */
export const makeRoomForTrouble = async (dynamodb: DynamoDBClient, tableName: string): Promise<void> => {
  await dynamodb
    .send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: ACCOUNT_KEY,
        UpdateExpression: "SET troubled = if_not_exists(troubled, :none)",
        ExpressionAttributeValues: { ":none": { M: {} } },
      }),
    )
    .catch((error: unknown) => {
      throw translate(error, "making room for services in trouble in the ledger");
    });
};

const hourOf = (now: Date) => now.toISOString().slice(0, 13);
const monthOf = (now: Date) => now.toISOString().slice(0, 7);

const spentThisHour = (seen: AccountState, now: Date) => (seen.acts.hour === hourOf(now) ? seen.acts.count : 0);
const addedThisMonth = (seen: AccountState, now: Date) =>
  seen.addedUsd.month === monthOf(now) ? seen.addedUsd.amount : 0;

/** The slot that the account as seen would give, or the budget that forbids it. */
export const decideAdmission = (request: AdmissionRequest, seen: AccountState): Admission => {
  const { now, group, maxActsPerHour, usdPerMonth, maxUsdPerMonth, isFirst } = request;
  const free = new Date(seen.nextSlotAt[group] ?? 0);
  const admitted = { kind: "admitted", slotAt: free > now ? free : now } as const;
  if (!isFirst) return admitted;
  const spent = spentThisHour(seen, now);
  if (spent >= maxActsPerHour) return { kind: "over-budget", spent };
  const added = addedThisMonth(seen, now);
  if (added + usdPerMonth > maxUsdPerMonth) return { kind: "over-budget", spent: added };
  return admitted;
};

/** The one conditional write that takes it; fenced by the number of admissions so far. */
export const admissionUpdate = (
  tableName: string,
  { now, group, intervalMs, usdPerMonth, isFirst }: AdmissionRequest,
  seen: AccountState,
  slotAt: Date,
): UpdateItemCommandInput => ({
  TableName: tableName,
  Key: ACCOUNT_KEY,
  UpdateExpression:
    "SET admissions = :next, actsHour = :hour, actsCount = :acts, usdMonth = :month, usdAmount = :usd, nextSlotAt = :slots",
  ConditionExpression: seen.admissions === 0 ? "attribute_not_exists(admissions)" : "admissions = :seen",
  ExpressionAttributeValues: {
    ":next": { N: String(seen.admissions + 1) },
    ":hour": { S: hourOf(now) },
    ":acts": { N: String(spentThisHour(seen, now) + (isFirst ? 1 : 0)) },
    ":month": { S: monthOf(now) },
    ":usd": { N: String(addedThisMonth(seen, now) + (isFirst ? Math.max(0, usdPerMonth) : 0)) },
    ":slots": {
      M: Object.fromEntries(
        Object.entries({ ...seen.nextSlotAt, [group]: new Date(slotAt.getTime() + intervalMs).toISOString() }).map(
          ([name, at]) => [name, { S: at }],
        ),
      ),
    },
    ...(seen.admissions > 0 && { ":seen": { N: String(seen.admissions) } }),
  },
  ReturnValuesOnConditionCheckFailure: "ALL_OLD",
});
