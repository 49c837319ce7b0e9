/** One start of a function: a process under AWS's own runtime client, and the time to each answer. */
import { spawn } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { ACCOUNT, REGION } from "./acting/acting.ts";

const runtimeClientFile = createRequire(import.meta.url).resolve("aws-lambda-ric");
const preloadFile = fileURLToPath(new URL("./preload.mjs", import.meta.url));

export interface Start {
  /** The folder of `index.mjs`. */
  readonly folder: string;
  /** Address of the loopback AWS. */
  readonly endpoint: string;
  /** The invocations, one after the other; the first is the cold one. */
  readonly payloads: readonly string[];
}

export interface Answered {
  /** From the spawn to the first answer, then from each hand-over to its answer, in milliseconds. */
  readonly tookMs: readonly number[];
  /** CPU time that the process had used, over all its threads, when it gave each answer, in milliseconds. */
  readonly cpuMs: readonly number[];
  readonly answers: readonly string[];
  /** Its log. */
  readonly said: string;
}

/** Where the preload tells of CPU time: a line when ready, then one as each answer is given and one as the next event is asked for. */
const CPU_TIME_FD = 3;
const cpuMsOf = (lines: string): readonly number[] =>
  lines
    .split("\n")
    .filter((line, at) => line !== "" && at % 2 === 1)
    .map((microseconds) => Number(microseconds) / 1000);

const queueUrl = (endpoint: string, name: string): string => `${endpoint}/${ACCOUNT}/${name}`;

const environmentOf = ({ folder, endpoint }: Start, runtimeApi: string): Record<string, string> => ({
  AWS_LAMBDA_RUNTIME_API: runtimeApi,
  _HANDLER: "index.handler",
  LAMBDA_TASK_ROOT: folder,
  AWS_LAMBDA_FUNCTION_NAME: "bench",
  AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "512",
  AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/bench",
  AWS_LAMBDA_LOG_STREAM_NAME: "bench",
  AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
  AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
  AWS_REGION: REGION,
  AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  AWS_ENDPOINT_URL: endpoint,
  REFLEX_LEDGER_TABLE: "reflex-ledger",
  REFLEX_BUS_NAME: "reflex",
  REFLEX_QUEUE_URL: queueUrl(endpoint, "reflex-bench"),
  REFLEX_DEAD_LETTERS_URL: queueUrl(endpoint, "reflex-bench-dead-letters"),
  REFLEX_SLACK_SECRET_ID: "reflex/slack",
  REFLEX_SERVICES_ARN: `arn:aws:ecs:${REGION}:${ACCOUNT}:service/`,
  REFLEX_REACTION_QUEUES: JSON.stringify({ oom: queueUrl(endpoint, "reflex-oom") }),
});

/** Starts the function, hands it every payload, and ends it. */
export const runOnce = async (start: Start): Promise<Answered> => {
  const tookMs: number[] = [];
  const answers: string[] = [];
  let since = 0;
  const finished = Promise.withResolvers<void>();

  const handOver = (response: ServerResponse): void => {
    const payload = start.payloads[answers.length];
    if (payload === undefined) {
      finished.resolve();
      return;
    }
    if (answers.length > 0) since = performance.now();
    response.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": `bench-${answers.length}`,
      "lambda-runtime-deadline-ms": String(Date.now() + 30_000),
      "lambda-runtime-invoked-function-arn": `arn:aws:lambda:${REGION}:${ACCOUNT}:function:bench`,
    });
    response.end(payload);
  };

  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    tookMs.push(performance.now() - since);
    let text = "";
    for await (const chunk of request) text += chunk;
    if (!request.url?.endsWith("/response")) finished.reject(new Error(`running ${start.folder}: ${text}`));
    answers.push(text);
    response.writeHead(202).end("{}");
  };

  const server = createServer((request, response) => {
    if (request.url?.endsWith("/invocation/next")) handOver(response);
    else void take(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  since = performance.now();
  const child = spawn(process.execPath, ["--import", preloadFile, runtimeClientFile, "index.handler"], {
    cwd: start.folder,
    env: environmentOf(start, `127.0.0.1:${port}`),
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  let said = "";
  let cpuTimes = "";
  child.stdio[CPU_TIME_FD]?.on("data", (data) => (cpuTimes += data));
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data) => (said += data));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  child.once("close", () => finished.reject(new Error(`running ${start.folder}: the process ended early\n${said}`)));
  try {
    await finished.promise;
  } finally {
    child.kill("SIGKILL");
    await ended;
    server.close();
    server.closeAllConnections();
  }
  return { tookMs, cpuMs: cpuMsOf(cpuTimes), answers, said };
};
