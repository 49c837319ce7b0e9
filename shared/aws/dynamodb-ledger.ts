/** `Ledger` on one DynamoDB table: single-item conditional writes, nothing else. */

import { deflateRawSync, inflateRawSync } from "node:zlib";
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { JsonObject } from "#shared/domain/json.ts";
import { LEDGER_PARTITIONS } from "#shared/domain/ledger-partitions.ts";
import type { LedgerRecord } from "#shared/domain/record.ts";
import type { ServiceRef } from "#shared/domain/service.ts";
import { ReflexError } from "#shared/errors.ts";
import {
  type AdmissionRequest,
  type DueItem,
  type Ledger,
  type ServiceItem,
  unknownService,
} from "#shared/ports/ledger.ts";
import {
  ACCOUNT_KEY,
  accountItem,
  accountOf,
  admissionUpdate,
  decideAdmission,
  makeRoomForTrouble,
  nobodyKnown,
} from "./dynamodb-account.ts";
import { queryItems } from "./dynamodb-query.ts";
import { translate } from "./errors.ts";

type Item = Record<string, AttributeValue>;

const INCIDENT = LEDGER_PARTITIONS["ledger-incidents"];

/** Partition of the sparse index: every item that waits for a time. */
export const DUE_PARTITION = "due";

const serviceKey = (ref: ServiceRef): Item => ({
  pk: { S: `${LEDGER_PARTITIONS["ledger-services"]}${ref.arn}` },
  sk: { S: "state" },
});

/** Written every ten seconds and billed by the kilobyte, so it is kept deflated: a third of its size. */
const scalingOf = (item: Item): JsonObject | undefined =>
  item.scaling?.B && (JSON.parse(inflateRawSync(item.scaling.B).toString()) as JsonObject);

const serviceOf = (ref: ServiceRef, item: Item | undefined): ServiceItem =>
  item?.body?.S === undefined
    ? unknownService(ref)
    : {
        ...unknownService(ref),
        ...(JSON.parse(item.body.S) as ServiceItem),
        version: Number(item.version?.N),
        scaling: scalingOf(item),
      };

const itemOf = (service: ServiceItem, dueAt: Date | undefined): Item => ({
  ...serviceKey(service.ref),
  version: { N: String(service.version + 1) },
  body: { S: JSON.stringify({ ...service, version: undefined, scaling: undefined }) },
  ...(service.scaling && { scaling: { B: deflateRawSync(JSON.stringify(service.scaling)) } }),
  ...(dueAt && {
    duePk: { S: DUE_PARTITION },
    dueAt: { N: String(dueAt.getTime()) },
  }),
});

const dueOf = (item: Item): DueItem => {
  if (item.sk?.S === "message") return { kind: "message", incident: (item.pk?.S ?? "").slice(INCIDENT.length) };
  const { ref, active, lastDone, undoAsked, waiting, outbox } = JSON.parse(item.body?.S ?? "{}") as ServiceItem;
  const progress = active ?? (undoAsked && lastDone);
  if (progress) return { kind: "plan", ref, owner: progress.plan.reaction, planId: progress.plan.id };
  if (waiting) return { kind: "waiting", ref, owner: "oom" };
  return { kind: "outbox", ref, owner: outbox[0]?.reaction ?? "oom" };
};

/** An expression holds 4 KB; this many services take half of it. Source: DynamoDB developer guide, "Constraints". */
const FORGOTTEN_PER_CALL = 80;

/** A `Ledger` in that table. */
export const dynamodbLedger = (dynamodb: DynamoDBClient, tableName: string): Ledger => ({
  async service(ref) {
    const { Item } = await dynamodb
      .send(new GetItemCommand({ TableName: tableName, Key: serviceKey(ref), ConsistentRead: true }))
      .catch((error: unknown) => {
        throw translate(error, `reading what the ledger knows of ${ref.arn}`);
      });
    return serviceOf(ref, Item);
  },

  async save(service, dueAt) {
    const isNew = service.version === 0;
    try {
      await dynamodb.send(
        new PutItemCommand({
          TableName: tableName,
          Item: itemOf(service, dueAt),
          ConditionExpression: isNew ? "attribute_not_exists(pk)" : "#version = :seen",
          ...(!isNew && {
            ExpressionAttributeNames: { "#version": "version" },
            ExpressionAttributeValues: { ":seen": { N: String(service.version) } },
          }),
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return { kind: "saved", item: { ...service, version: service.version + 1 } };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) {
        throw translate(error, `saving version ${service.version + 1} of ${service.ref.arn} in the ledger`);
      }
      return { kind: "conflict", current: serviceOf(service.ref, error.Item) };
    }
  },

  async noteTrouble(ref, at, remember) {
    const note = () =>
      dynamodb.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: ACCOUNT_KEY,
          UpdateExpression: "SET troubled.#service = :at",
          ConditionExpression: "attribute_exists(troubled.#service) OR size(troubled) < :remember",
          ExpressionAttributeNames: { "#service": ref.arn },
          ExpressionAttributeValues: { ":at": { S: at.toISOString() }, ":remember": { N: String(remember) } },
          ReturnValues: "ALL_NEW",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
    try {
      return accountOf((await note()).Attributes);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) {
        throw translate(error, `noting trouble of ${ref.arn} in the ledger`);
      }
      // As many services as we care to remember are in trouble: one more changes no decision.
      if (error.Item?.troubled) return accountOf(error.Item);
    }
    try {
      await makeRoomForTrouble(dynamodb, tableName);
      return accountOf((await note()).Attributes);
    } catch (error) {
      throw translate(error, `noting the first trouble of the account, ${ref.arn}, in the ledger`);
    }
  },

  async account() {
    return accountOf(await accountItem(dynamodb, tableName));
  },

  async forgetTrouble(before) {
    const item = await accountItem(dynamodb, tableName);
    if (!item?.troubled) {
      // Ready before the first kill: on the event path its absence costs a failed write and this one.
      await makeRoomForTrouble(dynamodb, tableName);
      return 0;
    }
    const { troubled } = accountOf(item);
    const old = Object.entries(troubled).filter(([, at]) => new Date(at) < before);
    let forgotten = 0;
    for (; forgotten < old.length; forgotten += FORGOTTEN_PER_CALL) {
      const page = old.slice(forgotten, forgotten + FORGOTTEN_PER_CALL);
      try {
        await dynamodb.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: ACCOUNT_KEY,
            UpdateExpression: `REMOVE ${page.map((_, i) => `troubled.#s${i}`).join(", ")}`,
            ConditionExpression: page.map((_, i) => `troubled.#s${i} = :at${i}`).join(" AND "),
            ExpressionAttributeNames: Object.fromEntries(page.map(([arn], i) => [`#s${i}`, arn])),
            ExpressionAttributeValues: Object.fromEntries(page.map(([, at], i) => [`:at${i}`, { S: at }])),
          }),
        );
      } catch (error) {
        // Somebody noted fresh trouble meanwhile; the next sweep forgets the rest.
        if (error instanceof ConditionalCheckFailedException) return forgotten;
        throw translate(error, "forgetting old trouble in the ledger");
      }
    }
    return old.length;
  },

  async admit(request: AdmissionRequest) {
    let seen = request.seen;
    for (let tries = 0; tries < 20; tries += 1) {
      const admission = decideAdmission(request, seen);
      if (admission.kind === "over-budget") return admission;
      try {
        await dynamodb.send(new UpdateItemCommand(admissionUpdate(tableName, request, seen, admission.slotAt)));
        return admission;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) {
          throw translate(error, `taking a slot of ${request.group} in the ledger`);
        }
        seen = error.Item ? accountOf(error.Item) : nobodyKnown;
      }
    }
    throw new ReflexError("conflict", `taking a slot of ${request.group} in the ledger: lost the race 20 times`);
  },

  async append(record) {
    try {
      await dynamodb.send(
        new PutItemCommand({
          TableName: tableName,
          Item: {
            pk: { S: `${INCIDENT}${record.incident}` },
            sk: { S: `record#${record.id}` },
            body: { S: JSON.stringify(record) },
          },
          ConditionExpression: "attribute_not_exists(pk)",
        }),
      );
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return;
      throw translate(error, `appending record ${record.id} to the ledger`);
    }
  },

  async records(incident) {
    const items = await queryItems(
      dynamodb,
      {
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: "pk = :incident AND begins_with(sk, :record)",
        ExpressionAttributeValues: { ":incident": { S: `incident#${incident}` }, ":record": { S: "record#" } },
      },
      { doing: `reading the records of ${incident} in the ledger` },
    );
    const found = items.map(({ body }) => JSON.parse(body?.S ?? "{}") as LedgerRecord);
    return found.sort((a, b) => a.sequence - b.sequence);
  },

  async due(now, limit) {
    const items = await queryItems(
      dynamodb,
      {
        TableName: tableName,
        IndexName: "due",
        KeyConditionExpression: "duePk = :due AND dueAt <= :now",
        ExpressionAttributeValues: { ":due": { S: DUE_PARTITION }, ":now": { N: String(now.getTime()) } },
        Limit: limit,
      },
      { doing: "reading what is due in the ledger", most: limit },
    );
    return items.map(dueOf);
  },
});
