/** Queries of DynamoDB to their end: a page of an answer holds at most 1 MB, however few items that is. */
import {
  type AttributeValue,
  type DynamoDBClient,
  paginateQuery,
  type QueryCommandInput,
} from "@aws-sdk/client-dynamodb";
import { translate } from "./errors.ts";

interface Asked {
  /** What is attempted, on what. */
  readonly doing: string;
  /** @default all */
  readonly most?: number;
}

/** The items that a query finds, in the order of their keys. */
export const queryItems = async (
  dynamodb: DynamoDBClient,
  query: QueryCommandInput,
  { doing, most = Number.POSITIVE_INFINITY }: Asked,
): Promise<readonly Record<string, AttributeValue>[]> => {
  const found: Record<string, AttributeValue>[] = [];
  try {
    for await (const { Items = [] } of paginateQuery({ client: dynamodb }, query)) {
      found.push(...Items);
      if (found.length >= most) break;
    }
    return found.slice(0, most);
  } catch (error) {
    throw translate(error, doing);
  }
};
