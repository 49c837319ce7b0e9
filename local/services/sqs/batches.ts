/** What all batch requests share: how many entries, their ids, and an answer for each. */
import { AwsError, type Json, type JsonObject } from "../../contract.ts";

/** Most entries of one batch. */
const maxEntries = 10;

/** The entries of a batch, the batch as a whole being in order. */
export function entriesOf(request: JsonObject, entryType: string): readonly JsonObject[] {
  const entries = Array.isArray(request.Entries) ? (request.Entries as readonly JsonObject[]) : [];
  if (entries.length === 0)
    throw new AwsError("EmptyBatchRequest", `There should be at least one ${entryType} in the request.`);
  if (entries.length > maxEntries)
    throw new AwsError(
      "TooManyEntriesInBatchRequest",
      `Maximum number of entries per request are ${maxEntries}. You have sent ${entries.length}.`,
    );
  const ids = entries.map(({ Id }) => Id);
  const bad = ids.find((id) => typeof id !== "string" || !/^[A-Za-z0-9_-]{1,80}$/.test(id));
  if (bad !== undefined || ids.includes(undefined))
    throw new AwsError(
      "InvalidBatchEntryId",
      "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
    );
  const repeated = ids.find((id, at) => ids.indexOf(id) !== at);
  if (repeated !== undefined) throw new AwsError("BatchEntryIdsNotDistinct", `Id ${String(repeated)} repeated.`);
  return entries;
}

/** Carries out each entry on its own and answers which succeeded and which did not. */
export function eachEntry(entries: readonly JsonObject[], carryOut: (entry: JsonObject) => JsonObject): JsonObject {
  const successful: Json[] = [];
  const failed: Json[] = [];
  for (const entry of entries) {
    try {
      successful.push({ Id: entry.Id, ...carryOut(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push({ Id: entry.Id, SenderFault: error.status < 500, Code: error.code, Message: error.message });
    }
  }
  return { Successful: successful, ...(failed.length > 0 && { Failed: failed }) };
}
