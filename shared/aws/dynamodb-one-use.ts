/** `OneUse` in the ledger's table: an item that must not be there yet, and that DynamoDB forgets by itself. */

import { ConditionalCheckFailedException, type DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { LEDGER_PARTITIONS } from "#shared/domain/ledger-partitions.ts";
import type { OneUse } from "#shared/ports/one-use.ts";
import { translate } from "./errors.ts";

export const dynamodbOneUse = (dynamodb: DynamoDBClient, tableName: string): OneUse => ({
  async take(key, until) {
    try {
      await dynamodb.send(
        new PutItemCommand({
          TableName: tableName,
          Item: {
            pk: { S: `${LEDGER_PARTITIONS["ledger-requests"]}${key}` },
            sk: { S: "used" },
            expiresAt: { N: String(Math.ceil(until.getTime() / 1000)) },
          },
          ConditionExpression: "attribute_not_exists(pk)",
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw translate(error, "remembering in the ledger that a request was used");
    }
  },
});
