/** `KnownImages` in the ledger's table: one item per digest, beside it those who wait for its scan. */

import { gunzipSync, gzipSync } from "node:zlib";
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { ImageScan, Threats } from "#shared/domain/finding.ts";
import { LEDGER_PARTITIONS } from "#shared/domain/ledger-partitions.ts";
import type { Waiver } from "#shared/domain/waiver.ts";
import { afterWord, isWorthKeeping, withWords } from "#shared/gate/threats.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { KnownImage, KnownImages } from "#shared/ports/known-images.ts";
import { dynamodbInspectorWords } from "./dynamodb-inspector-words.ts";
import { queryItems } from "./dynamodb-query.ts";
import { translate } from "./errors.ts";

type Item = Record<string, AttributeValue>;

const IMAGE = LEDGER_PARTITIONS["ledger-images"];

/** An item holds 400 KB; the rest is room for its other attributes. Source: DynamoDB quotas. */
const MOST_SCAN_CHARACTERS = 350_000;

/** Threats and runtime waivers are read again after this long. */
const KEPT_SECONDS = 60;

const scanKey = (digest: string): Item => ({ pk: { S: `${IMAGE}${digest}` }, sk: { S: "scan" } });
const answerKey = (question: string): Item => ({
  pk: { S: `${LEDGER_PARTITIONS["ledger-answers"]}${question}` },
  sk: { S: "state" },
});

/** Items that operators write: `npm run gate -- waive` and `npm run gate -- threats`. */
export const WAIVERS_PARTITION = LEDGER_PARTITIONS["ledger-waivers"];
export const THREATS_KEY = { pk: { S: LEDGER_PARTITIONS["ledger-threats"] }, sk: { S: "state" } } as const;

const packed = (scan: ImageScan | undefined): string | undefined => {
  if (scan === undefined) return undefined;
  const text = gzipSync(JSON.stringify(scan)).toString("base64");
  return text.length > MOST_SCAN_CHARACTERS ? undefined : text;
};

const unpacked = (text: string | undefined): ImageScan | undefined =>
  text === undefined ? undefined : (JSON.parse(gunzipSync(Buffer.from(text, "base64")).toString()) as ImageScan);

export const dynamodbKnownImages = (dynamodb: DynamoDBClient, tableName: string, clock: Clock): KnownImages => {
  const inspector = dynamodbInspectorWords(dynamodb, tableName);
  let kept: { readonly at: Date; threats: Threats; readonly waivers: readonly Waiver[] } | undefined;

  const get = async (key: Item, doing: string): Promise<Item | undefined> => {
    const { Item: item } = await dynamodb
      .send(new GetItemCommand({ TableName: tableName, Key: key, ConsistentRead: true }))
      .catch((error: unknown) => {
        throw translate(error, `reading ${doing} in the ledger`);
      });
    return item;
  };

  const query = (partition: string, prefix: string, doing: string): Promise<readonly Item[]> =>
    queryItems(
      dynamodb,
      {
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: "pk = :partition AND begins_with(sk, :prefix)",
        ExpressionAttributeValues: { ":partition": { S: partition }, ":prefix": { S: prefix } },
      },
      { doing: `reading ${doing} in the ledger` },
    );

  /** Writes under a condition; false when it does not hold. */
  const put = async (item: Item, condition: string, values: Item | undefined, doing: string): Promise<boolean> => {
    try {
      await dynamodb.send(
        new PutItemCommand({
          TableName: tableName,
          Item: item,
          ConditionExpression: condition,
          ...(values && { ExpressionAttributeValues: values }),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw translate(error, `writing ${doing} in the ledger`);
    }
  };

  const given = async () => {
    const now = clock.now();
    if (kept && now.getTime() - kept.at.getTime() < KEPT_SECONDS * 1000) return kept;
    const [listed, words, waivers] = await Promise.all([
      get(THREATS_KEY, "the known threats"),
      inspector.all(now),
      query(WAIVERS_PARTITION, "waiver#", "the waivers given at runtime"),
    ]);
    kept = {
      at: now,
      threats: withWords(JSON.parse(listed?.body?.S ?? "{}") as Threats, words),
      waivers: waivers.map(({ body }) => JSON.parse(body?.S ?? "{}") as Waiver),
    };
    return kept;
  };

  const answered = async (question: string) => (await get(answerKey(question), "an earlier answer"))?.answer?.S;

  return {
    answered,

    async image(digest) {
      const item = await get(scanKey(digest), `what is known of ${digest}`);
      if (item?.body?.S === undefined) return undefined;
      return { ...(JSON.parse(item.body.S) as Omit<KnownImage, "scan">), scan: unpacked(item.scan?.S) };
    },

    async keep({ scan, ...image }) {
      const text = packed(scan);
      const readAt = { N: String(Date.parse(image.readAt)) };
      const item = {
        ...scanKey(image.digest),
        readAt,
        body: { S: JSON.stringify(image) },
        ...(text && { scan: { S: text } }),
      };
      const condition = "attribute_not_exists(pk) OR readAt <= :readAt";
      await put(item, condition, { ":readAt": readAt }, `the scan of ${image.digest}`);
    },

    async wait(digest, key, message) {
      const item = {
        pk: { S: `${IMAGE}${digest}` },
        sk: { S: `waiting#${key}` },
        body: { S: JSON.stringify(message) },
      };
      await put(item, "attribute_not_exists(pk)", undefined, `who waits for ${digest}`);
    },

    async waiting(digest) {
      const items = await query(`${IMAGE}${digest}`, "waiting#", `who waits for ${digest}`);
      return items.map(({ body }) => JSON.parse(body?.S ?? "null") as unknown);
    },

    threats: async () => (await given()).threats,

    async learn(vulnerability, word) {
      const known = await given();
      const before = known.threats[vulnerability] ?? {};
      if (!isWorthKeeping(before.inspector, word)) return { before, after: before };
      await inspector.keep(vulnerability, word);
      const after = { ...before, inspector: afterWord(before.inspector, word) };
      known.threats = { ...known.threats, [vulnerability]: after };
      return { before, after };
    },

    waivers: async () => (await given()).waivers,

    async answerOnce(question, answer) {
      const item = { ...answerKey(question), answer: { S: answer }, at: { S: clock.now().toISOString() } };
      const isFirst = await put(item, "attribute_not_exists(pk)", undefined, "an answer");
      return isFirst ? answer : ((await answered(question)) ?? answer);
    },
  };
};
