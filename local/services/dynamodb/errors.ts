/** DynamoDB's refusals, in its own names and words. */
import { AwsError } from "../../contract.ts";
import type { Item } from "./value.ts";

/** The request is malformed or asks for what the table cannot do. */
export const validation = (message: string): AwsError => new AwsError("ValidationException", message);

/** The JSON of the request does not have the types of its shape. */
export const serialization = (message: string): AwsError => new AwsError("SerializationException", message);

/** There is no such table. */
export const tableNotFound = (): AwsError => new AwsError("ResourceNotFoundException", "Requested resource not found");

/** The item did not meet the condition; `item` is told only if the caller asked for it and there is one. */
export const conditionFailed = (item: Item | undefined): AwsError =>
  new AwsError("ConditionalCheckFailedException", "The conditional request failed", {
    members: item ? { Item: item } : {},
  });
