/** The example as it stands, as a process of its own, against the local cloud and a stand-in for the ECS agent. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { createCloud } from "../../local/cloud.ts";
import { ControlDoor } from "../../local/door/control.ts";
import type { SqsDoor } from "../../local/neighbours.ts";
import { WireServer } from "../../local/wire/server.ts";

const MESSAGES = 5;

/** Answers as the agent's protection endpoint does, and remembers what it was asked. */
const agent = async () => {
  const asked: boolean[] = [];
  const server = createServer(async (request, response) => {
    const body = JSON.parse((await request.toArray()).join("")) as { ProtectionEnabled: boolean };
    asked.push(body.ProtectionEnabled);
    response.end(JSON.stringify({ protection: { ProtectionEnabled: body.ProtectionEnabled } }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
};

/** Lets virtual time pass, and the other process answer in between. */
const passUntil = async (door: ControlDoor, holds: () => boolean): Promise<void> => {
  while (!holds()) {
    await door.advance(1);
    await nextTurn();
  }
};

test("it works a queue off, protected while it does, says how long a message takes, and ends on SIGTERM", async () => {
  const local = createCloud({ startAtMs: Date.parse("2026-11-23T03:00:00Z") });
  const wire = new WireServer(local);
  const door = new ControlDoor(local);
  await wire.listen(0);
  const ecsAgent = await agent();
  const { QueueUrl } = await door.request("sqs", "CreateQueue", {
    QueueName: "jobs",
    Attributes: { VisibilityTimeout: "43200" },
  });
  const sqs = local.cloud.neighbour<SqsDoor>("sqs");
  const arn = sqs.queues().find(({ name }) => name === "jobs")?.arn ?? "";
  sqs.load(
    arn,
    Array.from({ length: MESSAGES }, (_, index) => `message ${index}`),
  );
  // A report that CloudWatch refuses is no reason to stop working.
  local.faults.add({ service: "cloudwatch", operation: "PutMetricData", kind: "error", times: 3 });

  const worker = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "examples/worker/worker.ts"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL: wire.endpoint(),
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "LOCAL",
      AWS_SECRET_ACCESS_KEY: "any",
      QUEUE_URL: String(QueueUrl),
      ECS_AGENT_URI: ecsAgent.url,
      REPORT_EVERY_MS: "1",
      HEARTBEAT_FILE: join(tmpdir(), "ecs-reflex-example-heartbeat"),
    },
  });
  try {
    let printed = "";
    for await (const chunk of worker.stdout) {
      printed += chunk;
      if (printed.trim().split("\n").length === MESSAGES) break;
    }
    expect(printed).toContain(`message ${MESSAGES - 1}`);
    // The last receive finds nothing once its five seconds have passed.
    await passUntil(door, () => ecsAgent.asked.includes(false));
    expect(ecsAgent.asked).toEqual([true, false]);
    expect(sqs.counts(arn)).toMatchObject({ visible: 0, inFlight: 0 });
    const { Metrics } = await door.request("cloudwatch", "ListMetrics", { Namespace: "EcsReflex/Workers" });
    expect(Metrics).toMatchObject([{ MetricName: "SecondsPerMessage", Dimensions: [{ Value: "jobs" }] }]);
    worker.kill("SIGTERM");
    await passUntil(door, () => worker.exitCode !== null);
    expect(worker.exitCode).toBe(0);
  } finally {
    worker.kill("SIGKILL");
    ecsAgent.close();
    await wire.close();
  }
}, 30_000);
