/** `Messages` in the ledger's table, beside the records of the incident. */

import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { LEDGER_PARTITIONS } from "#shared/domain/ledger-partitions.ts";
import { type MessageItem, type Messages, untoldMessage } from "#shared/ports/messages.ts";
import { DUE_PARTITION } from "./dynamodb-ledger.ts";
import { translate } from "./errors.ts";

type Item = Record<string, AttributeValue>;

const keyOf = (incident: string): Item => ({
  pk: { S: `${LEDGER_PARTITIONS["ledger-incidents"]}${incident}` },
  sk: { S: "message" },
});

const messageOf = (incident: string, item: Item | undefined): MessageItem => ({
  ...untoldMessage(incident),
  ...(item?.body?.S === undefined ? {} : (JSON.parse(item.body.S) as MessageItem)),
  version: Number(item?.version?.N ?? 0),
});

export const dynamodbMessages = (dynamodb: DynamoDBClient, tableName: string): Messages => ({
  async message(incident) {
    const { Item } = await dynamodb
      .send(new GetItemCommand({ TableName: tableName, Key: keyOf(incident), ConsistentRead: true }))
      .catch((error: unknown) => {
        throw translate(error, `reading where the message of ${incident} is`);
      });
    return messageOf(incident, Item);
  },

  async saveMessage(item, dueAt) {
    const isNew = item.version === 0;
    try {
      await dynamodb.send(
        new PutItemCommand({
          TableName: tableName,
          Item: {
            ...keyOf(item.incident),
            version: { N: String(item.version + 1) },
            body: { S: JSON.stringify(item) },
            ...(dueAt && { duePk: { S: DUE_PARTITION }, dueAt: { N: String(dueAt.getTime()) } }),
          },
          ConditionExpression: isNew ? "attribute_not_exists(pk)" : "#version = :seen",
          ...(!isNew && {
            ExpressionAttributeNames: { "#version": "version" },
            ExpressionAttributeValues: { ":seen": { N: String(item.version) } },
          }),
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return { kind: "saved", item: { ...item, version: item.version + 1 } };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) {
        throw translate(error, `saving where the message of ${item.incident} is`);
      }
      return { kind: "conflict", current: messageOf(item.incident, error.Item) };
    }
  },
});
