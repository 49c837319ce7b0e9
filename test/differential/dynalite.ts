/** dynalite in this process, on loopback: another reading of DynamoDB's rules to compare ours with. */

import type { Server } from "node:http";
import { Agent, request } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import type { JsonObject } from "../../local/contract.ts";

/** What a call came to, in either implementation. */
export interface Outcome {
  readonly code: string;
  readonly message: string;
  readonly answer: JsonObject;
}

/** A running dynalite. */
export interface Dynalite {
  call(operation: string, input: JsonObject): Promise<Outcome>;
  stop(): Promise<void>;
}

const post = (agent: Agent, port: number, operation: string, body: string): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    const headers = {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `DynamoDB_20120810.${operation}`,
      "x-amz-date": "20261123T120000Z",
      authorization:
        "AWS4-HMAC-SHA256 Credential=A/20261123/us-east-1/dynamodb/aws4_request, SignedHeaders=a, Signature=b",
    };
    const sent = request({ agent, host: "127.0.0.1", port, method: "POST", headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
    });
    sent.on("error", reject);
    sent.end(body);
  });

/** Starts dynalite on a free port, with this table in it. */
export async function startDynalite(table: JsonObject): Promise<Dynalite> {
  const create = createRequire(import.meta.url)("dynalite") as (options: object) => Server;
  const server = create({ createTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const call = async (operation: string, input: JsonObject): Promise<Outcome> => {
    const { status, body } = await post(agent, port, operation, JSON.stringify({ TableName: "ledger", ...input }));
    const parsed = JSON.parse(body);
    if (status === 200) return { code: "ok", message: "", answer: parsed };
    return { code: String(parsed.__type).replace(/.*#/, ""), message: parsed.message ?? parsed.Message, answer: {} };
  };
  await call("CreateTable", { ...table, BillingMode: "PAY_PER_REQUEST" });
  for (;;) {
    const { answer } = await call("DescribeTable", {});
    if ((answer.Table as JsonObject | undefined)?.TableStatus === "ACTIVE") break;
  }
  return {
    call,
    stop: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.close(() => resolve());
      }),
  };
}
