// What an operator gives the gate at runtime, written into the ledger's table: `npm run gate -- --table NAME
// --give-threats FILE` (our own list or CISA's catalogue) and `--give-waiver FILE` (an entry as `waivers:` has it).
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import * as v from "valibot";
import { clientDefaults } from "#shared/aws/clients.ts";
import { THREATS_KEY, WAIVERS_PARTITION } from "#shared/aws/dynamodb-known-images.ts";
import { WaiverEntry } from "#shared/config/waivers.ts";
import { threatsOf } from "#shared/gate/threats.ts";

const put = (table: string, key: { readonly pk: { S: string }; readonly sk: { S: string } }, body: unknown) =>
  new DynamoDBClient(clientDefaults).send(
    new PutItemCommand({ TableName: table, Item: { ...key, body: { S: JSON.stringify(body) } } }),
  );

/** Replaces the list of threats; answers how many there are. */
export const giveThreats = async (table: string, document: unknown, file: string): Promise<number> => {
  const threats = threatsOf(document);
  if (!threats) throw new Error(`reading ${file}: neither a list of threats by vulnerability nor CISA's catalogue`);
  await put(table, THREATS_KEY, threats);
  return Object.keys(threats).length;
};

/** Adds a waiver, or replaces the one of the same finding, reach and end; answers its finding. */
export const giveWaiver = async (table: string, document: unknown, file: string): Promise<string> => {
  const read = v.safeParse(WaiverEntry, document);
  if (!read.success) {
    const [issue] = read.issues;
    throw new Error(`reading ${file}: ${v.getDotPath(issue) ?? "the waiver"} ${issue.message}`);
  }
  const waiver = { ...read.output, origin: "runtime" };
  const { finding, scope, expiresAt } = read.output;
  const sk = `waiver#${finding}#${JSON.stringify(scope)}#${expiresAt}`;
  await put(table, { pk: { S: WAIVERS_PARTITION }, sk: { S: sk } }, waiver);
  return finding;
};
