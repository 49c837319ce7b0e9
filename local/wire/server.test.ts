import { ECSClient, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Echo, listening, received } from "./echo.fixture.ts";

let echo: Echo;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-03-02T12:00:00Z") });
  echo = await listening();
});
afterEach(async () => {
  await echo.wire.close();
  vi.useRealTimers();
});

test("functions see the virtual date, people see none, and both see the virtual clock", async () => {
  const owner = await echo.post({ "x-amz-target": "AmazonSQS.ListQueues" }, "{}", "sqs");
  expect([owner.headers.get("date"), owner.headers.get("x-local-now")]).toEqual([null, String(echo.local.clock.now())]);
  const keys = echo.asRole([{ Effect: "Allow", Action: "*", Resource: "*" }]);
  const client = new SQSClient(echo.config(keys));
  let date: string | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      date = (result.response as { headers: Record<string, string> }).headers.date;
      return result;
    },
    { step: "deserialize", priority: "low" },
  );
  await client.send(new SendMessageCommand({ QueueUrl: "a", MessageBody: "hello" }));
  expect(date).toBe(new Date(echo.local.clock.now()).toUTCString());
});

test("a lost answer is a dropped connection after the call was applied, a timeout one before", async () => {
  const client = new ECSClient(echo.config());
  echo.local.faults.add({ service: "ecs", operation: "UpdateService", kind: "timeout" });
  echo.local.faults.add({ service: "ecs", operation: "UpdateService", kind: "lost-response" });
  await expect(client.send(new UpdateServiceCommand({ service: "api" }))).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(received).toHaveLength(0);
  await expect(client.send(new UpdateServiceCommand({ service: "api" }))).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(received).toHaveLength(1);
  await client.send(new UpdateServiceCommand({ service: "api" }));
  expect(echo.local.calls.all().map(({ error }) => error)).toEqual(["ConnectionLost", "ConnectionLost", undefined]);
});

test("a mounted prefix is served outside of AWS's protocols, the longest first, and may drop the connection", async () => {
  echo.wire.mount("/slack/", ({ path, body }) => ({ status: 201, body: `${path} ${body}` }));
  echo.wire.mount("/slack/api/", () => "reset");
  const answer = await fetch(`${echo.wire.endpoint()}/slack/x?y=1`, { method: "POST", body: "hello" });
  expect([answer.status, await answer.text()]).toEqual([201, "/slack/x?y=1 hello"]);
  await expect(fetch(`${echo.wire.endpoint()}/slack/api/auth.test`)).rejects.toThrow();
});

test("a request under another host's name is refused, so no web page can reach in", async () => {
  const { request } = await import("node:http");
  const text = await new Promise<string>((resolve) => {
    const url = new URL(echo.wire.endpoint());
    const headers = { host: "evil.example" };
    request({ host: url.hostname, port: url.port, headers }, (response) => {
      response.setEncoding("utf8").once("data", resolve);
    }).end();
  });
  expect(text).toContain("the host evil.example is not this machine");
});
