/** What operators give the gate at runtime, written where `dynamodb-known-images.ts` reads it. */
import { type AttributeValue, type DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { Threats } from "#shared/domain/finding.ts";
import type { Waiver } from "#shared/domain/waiver.ts";
import { THREATS_KEY, WAIVERS_PARTITION } from "./dynamodb-known-images.ts";
import { translate } from "./errors.ts";

/** The gate's data in a ledger table. */
export const dynamodbGateData = (dynamodb: DynamoDBClient, tableName: string) => {
  const put = async (key: Record<string, AttributeValue>, body: unknown, doing: string): Promise<void> => {
    await dynamodb
      .send(new PutItemCommand({ TableName: tableName, Item: { ...key, body: { S: JSON.stringify(body) } } }))
      .catch((error: unknown) => {
        throw translate(error, `writing ${doing} into the ledger ${tableName}`);
      });
  };
  return {
    /** Replaces the list. */
    saveThreats: (threats: Threats) => put(THREATS_KEY, threats, "the threats"),
    /** Adds a waiver, or replaces the one of the same finding, reach and end. */
    saveWaiver: (waiver: Waiver) =>
      put(
        {
          pk: { S: WAIVERS_PARTITION },
          sk: { S: `waiver#${waiver.finding}#${JSON.stringify(waiver.scope)}#${waiver.expiresAt}` },
        },
        waiver,
        `a waiver of ${waiver.finding}`,
      ),
  };
};
