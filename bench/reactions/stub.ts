/** One loopback AWS for every process under measurement: it answers at once, always the same, and remembers what was asked. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Answers } from "./acting/acting.ts";

/** `X-Amz-Target` before the dot, without version and case, to the name that answers are listed under. */
const SERVICES: Readonly<Record<string, string>> = {
  DynamoDB_20120810: "dynamodb",
  AmazonEC2ContainerServiceV20141113: "ecs",
  AmazonEC2ContainerRegistry_V20150921: "ecr",
  AWSEvents: "events",
  AmazonSQS: "sqs",
  secretsmanager: "secretsmanager",
  AnyScaleFrontendService: "autoscaling",
  GraniteServiceVersion20100801: "cloudwatch",
  CodeDeploy_20141006: "codedeploy",
};

export interface Asked {
  /** Such as `dynamodb.GetItem`. */
  readonly operation: string;
  readonly input: unknown;
  /** When it arrived, on the clock of `performance.now()`. */
  readonly atMs: number;
}

export interface Stub {
  readonly endpoint: string;
  /** What was asked since the last time this was called. */
  takeAsked(): readonly Asked[];
  close(): void;
}

const textOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
};

const operationOf = ({ headers, url = "/" }: IncomingMessage): string => {
  if (url.startsWith("/slack/")) return `slack.${url.slice("/slack/api/".length)}`;
  const [service = "", operation = ""] = String(headers["x-amz-target"] ?? "").split(".");
  return `${SERVICES[service] ?? service}.${operation}`;
};

/** SendMessage is the one operation whose answer the SDK checks against what it sent. */
const withDigest = (operation: string, input: unknown, answer: unknown): unknown => {
  if (operation !== "sqs.SendMessage") return answer;
  const { MessageBody } = input as { MessageBody: string };
  return { ...(answer as object), MD5OfMessageBody: createHash("md5").update(MessageBody).digest("hex") };
};

/** Listens on a free loopback port. An operation that has no answer is refused by name; `latencyMs` tells how late each is answered. */
export const startStub = async (answers: Answers, latencyMs: Readonly<Record<string, number>> = {}): Promise<Stub> => {
  let asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const atMs = performance.now();
    const text = await textOf(request);
    const operation = operationOf(request);
    const input: unknown = text === "" ? {} : JSON.parse(text);
    asked.push({ operation, input, atMs });
    const listed = answers[operation];
    const answer: unknown = typeof listed === "function" ? listed(input) : listed;
    const lateMs = latencyMs[operation];
    if (lateMs !== undefined) await delay(lateMs);
    response.writeHead(answer === undefined ? 400 : 200, {
      "content-type": operation.startsWith("slack.") ? "application/json" : "application/x-amz-json-1.0",
    });
    response.end(
      JSON.stringify(
        answer === undefined
          ? { __type: "UnknownOperationException", message: `the stub has no answer to ${operation}` }
          : withDigest(operation, input, answer),
      ),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    takeAsked() {
      const taken = asked;
      asked = [];
      return taken;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
};
