/** SQS's refusals, in its own names and words. */
import { AwsError } from "../../contract.ts";

/** There is no such queue. */
export const queueDoesNotExist = (): AwsError =>
  new AwsError("QueueDoesNotExist", "The specified queue does not exist.");

/** A parameter that the request needs is not there. */
export const missingParameter = (name: string): AwsError =>
  new AwsError("MissingParameter", `The request must contain the parameter ${name}.`);

/** A parameter has a value that SQS does not take. */
export const invalidParameter = (message: string): AwsError => new AwsError("InvalidParameterValue", message);

/** A parameter is out of its range. */
export const outOfRange = (name: string, value: unknown, reason: string): AwsError =>
  invalidParameter(`Value ${value} for parameter ${name} is invalid. Reason: ${reason}`);

/** A queue attribute has a value that SQS does not take. */
export const invalidAttribute = (name: string): AwsError =>
  new AwsError("InvalidAttributeValue", `Invalid value for the parameter ${name}.`);

/** There is no such queue attribute. */
export const unknownAttribute = (name: string): AwsError =>
  new AwsError("InvalidAttributeName", `Unknown Attribute ${name}.`);

/** The handle was never given out, or by another queue. */
export const receiptHandleIsInvalid = (handle: string): AwsError =>
  new AwsError("ReceiptHandleIsInvalid", `The input receipt handle "${handle}" is not a valid receipt handle.`);
