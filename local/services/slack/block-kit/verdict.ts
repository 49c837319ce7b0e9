/** What Slack says of blocks that it does not take. */
import type { Json } from "../../../contract.ts";
import { messageBlocks } from "./blocks.ts";

/** Slack refuses more than about 13,200 characters in all, with no document saying how it counts. Source: slackapi/bolt-js issue 2509. */
const mostCharacters = 13_000;

/** One complaint. */
export interface BlockError {
  readonly pointer: string;
  readonly message: string;
}

/** Every complaint about the blocks; none when Slack would take them. */
export function blockErrors(blocks: Json): readonly BlockError[] {
  const errors: BlockError[] = [];
  messageBlocks(blocks, "/blocks", (pointer, message) => errors.push({ pointer, message }));
  return errors;
}

/** Whether the blocks together are more than a message may hold. */
export const areTooLong = (blocks: Json): boolean => JSON.stringify(blocks).length > mostCharacters;

/** In the form of `response_metadata.messages`. */
export const inWords = ({ pointer, message }: BlockError): string => `[ERROR] ${message} [json-pointer:${pointer}]`;
