/** What Inspector said of vulnerabilities, in the ledger's table: one small item each, which DynamoDB forgets by itself. */

import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { InspectorWord } from "#shared/domain/finding.ts";
import { LEDGER_PARTITIONS } from "#shared/domain/ledger-partitions.ts";
import { epochMs } from "#shared/domain/time.ts";
import { queryItems } from "./dynamodb-query.ts";
import { translate } from "./errors.ts";

type Item = Record<string, AttributeValue>;

const PARTITION = { S: LEDGER_PARTITIONS["ledger-vulnerabilities"] } as const;

/** A probability that nobody has repeated for so long says nothing any more. */
const HOLDS_SECONDS = 365 * 86_400;

const wordOf = ({ saidAt, epss, hasExploit }: Item): InspectorWord => ({
  saidAt: saidAt?.S ?? "",
  ...(epss?.N !== undefined && { epss: Number(epss.N) }),
  ...(hasExploit?.BOOL !== undefined && { hasExploit: hasExploit.BOOL }),
});

export const dynamodbInspectorWords = (dynamodb: DynamoDBClient, tableName: string) => ({
  /** Everything said within a year, by vulnerability; DynamoDB may take days to forget what is over. */
  async all(now: Date): Promise<Map<string, InspectorWord>> {
    const items = await queryItems(
      dynamodb,
      {
        TableName: tableName,
        KeyConditionExpression: "pk = :partition",
        FilterExpression: "expiresAt > :now",
        ExpressionAttributeValues: { ":partition": PARTITION, ":now": { N: String(now.getTime() / 1000) } },
      },
      { doing: "reading what Inspector said in the ledger" },
    );
    return new Map(items.map((item) => [item.sk?.S ?? "", wordOf(item)]));
  },

  /** Writes a word; what it does not say stays as it was, and one said later stays whole. */
  async keep(vulnerability: string, { saidAt, epss, hasExploit }: InspectorWord): Promise<void> {
    const values: Item = {
      ":saidAt": { S: saidAt },
      ":expiresAt": { N: String(Math.ceil(epochMs(saidAt) / 1000) + HOLDS_SECONDS) },
      ...(epss !== undefined && { ":epss": { N: String(epss) } }),
      ...(hasExploit !== undefined && { ":hasExploit": { BOOL: hasExploit } }),
    };
    try {
      await dynamodb.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: { pk: PARTITION, sk: { S: vulnerability } },
          UpdateExpression: `SET ${Object.keys(values)
            .map((name) => `${name.slice(1)} = ${name}`)
            .join(", ")}`,
          ConditionExpression: "attribute_not_exists(pk) OR saidAt <= :saidAt",
          ExpressionAttributeValues: values,
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException))
        throw translate(error, `writing what Inspector said of ${vulnerability} in the ledger`);
    }
  },
});
