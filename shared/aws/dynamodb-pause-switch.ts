/** `PauseSwitch` in the account's item of the ledger: one conditional update, so that of two people one switches. */
import { ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { PauseSwitch } from "#shared/ports/pause-switch.ts";
import { ACCOUNT_KEY } from "./dynamodb-account.ts";
import { translate } from "./errors.ts";

export const dynamodbPauseSwitch = (dynamodb: DynamoDBClient, tableName: string): PauseSwitch => ({
  async turn({ isPaused, by, at }) {
    try {
      const { Attributes } = await dynamodb.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: ACCOUNT_KEY,
          UpdateExpression: isPaused
            ? "SET isPaused = :new, pausedBy = :by, pausedAt = :at REMOVE unpausedBy, unpausedAt"
            : "SET isPaused = :new, unpausedBy = :by, unpausedAt = :at",
          ConditionExpression: isPaused ? "attribute_not_exists(isPaused) OR isPaused = :old" : "isPaused = :old",
          ExpressionAttributeValues: {
            ":new": { BOOL: isPaused },
            ":old": { BOOL: !isPaused },
            ":by": { S: by },
            ":at": { S: at.toISOString() },
          },
          ReturnValues: "ALL_NEW",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return { isNews: true, pausedAt: Attributes?.pausedAt?.S, pausedBy: Attributes?.pausedBy?.S };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException))
        throw translate(error, `turning the ledger's pause switch ${isPaused ? "on" : "off"}`);
      return { isNews: false, pausedAt: error.Item?.pausedAt?.S, pausedBy: error.Item?.pausedBy?.S };
    }
  },
});
