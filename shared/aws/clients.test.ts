/** Calls that nobody answers: a function must get to say so before it is stopped. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ECSClient, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { clientDefaults, withoutRetry } from "./clients.ts";
import { translate } from "./errors.ts";

let silent: Server;
let asked = 0;

beforeEach(async () => {
  asked = 0;
  silent = createServer(() => {
    asked += 1;
  });
  await new Promise<void>((listening) => silent.listen(0, "127.0.0.1", listening));
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});

afterEach(() => {
  vi.useRealTimers();
  silent.closeAllConnections();
  silent.close();
});

/** Seconds until the call is given up, and what it is taken for. */
const askInVain = async (options: object) => {
  const { port } = silent.address() as AddressInfo;
  const ecs = new ECSClient({
    ...options,
    region: "us-east-1",
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  });
  let failure: unknown;
  const call = ecs.send(new UpdateServiceCommand({ service: "order-service" })).catch((error: unknown) => {
    failure = error;
  });
  let seconds = 0;
  for (; failure === undefined && seconds < 60; seconds += 1) {
    await new Promise((turn) => setImmediate(turn));
    await vi.advanceTimersByTimeAsync(1000);
  }
  ecs.destroy();
  if (failure !== undefined) await call;
  return { seconds, kind: failure === undefined ? undefined : translate(failure, "deploying").kind };
};

test("a read that nobody answers is tried three times and is an outage well before a function's 30 seconds are over", async () => {
  const { seconds, kind } = await askInVain(clientDefaults);
  expect([kind, asked]).toEqual(["unavailable", 3]);
  expect(seconds).toBeLessThan(20);
});

test("a write that nobody answers is sent once, and ends within the ten seconds that are kept for it", async () => {
  const { seconds, kind } = await askInVain(withoutRetry);
  expect([kind, asked]).toEqual(["unavailable", 1]);
  expect(seconds).toBeLessThan(10);
});
