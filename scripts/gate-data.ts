// What an operator gives the gate at runtime, read from the ledger's table and written into it: `npm run gate -- --table NAME
// --give-threats FILE` (our own list or CISA's catalogue) and `--give-waiver FILE` (an entry as `waivers:` has it).
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as v from "valibot";
import { clientDefaults } from "#shared/aws/clients.ts";
import { dynamodbGateData } from "#shared/aws/dynamodb-gate-data.ts";
import { dynamodbKnownImages } from "#shared/aws/dynamodb-known-images.ts";
import { WaiverEntry } from "#shared/config/waivers.ts";
import { threatsOf } from "#shared/gate/threats.ts";
import { systemClock } from "#shared/runtime/clock.ts";

const dataIn = (table: string) => dynamodbGateData(new DynamoDBClient(clientDefaults), table);

/** Replaces the list of threats; answers how many there are. */
export const giveThreats = async (table: string, document: unknown, file: string): Promise<number> => {
  const threats = threatsOf(document);
  if (!threats) throw new Error(`reading ${file}: neither a list of threats by vulnerability nor CISA's catalogue`);
  await dataIn(table).saveThreats(threats);
  return Object.keys(threats).length;
};

/** Adds a waiver, or replaces the one of the same finding, reach and end; answers its finding. */
export const giveWaiver = async (table: string, document: unknown, file: string): Promise<string> => {
  const read = v.safeParse(WaiverEntry, document);
  if (!read.success) {
    const [issue] = read.issues;
    throw new Error(`reading ${file}: ${v.getDotPath(issue) ?? "the waiver"} ${issue.message}`);
  }
  await dataIn(table).saveWaiver({ ...read.output, origin: "runtime" });
  return read.output.finding;
};

/** What the gate's doors know beside the configuration: waivers given at runtime, and what is told of vulnerabilities. */
export const givenIn = async (table: string) => {
  const known = dynamodbKnownImages(new DynamoDBClient(clientDefaults), table, systemClock);
  const [waivers, threats] = await Promise.all([known.waivers(), known.threats()]);
  return { waivers, threats };
};
