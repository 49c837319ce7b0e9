/** Calls that nobody answers: a function must get to say so before it is stopped. */
import { Agent } from "node:http";
import { Duplex } from "node:stream";
import { ECSClient, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { clientDefaults, withoutRetry } from "./clients.ts";
import { translate } from "./errors.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

/** An agent whose every connection is there at once, takes what is written, and answers nothing. */
const silentAgent = (onRequest: () => void): Agent =>
  Object.assign(new Agent(), {
    createConnection: () => {
      onRequest();
      return Object.assign(new Duplex({ read: () => undefined, write: (_, __, done) => done() }), {
        setKeepAlive: () => undefined,
        setNoDelay: () => undefined,
        setTimeout: () => undefined,
        ref: () => undefined,
        unref: () => undefined,
      });
    },
  });

/** How often a call is sent, after how many seconds it is given up, and what it is taken for. */
const askInVain = async (options: typeof clientDefaults | typeof withoutRetry) => {
  let asked = 0;
  const httpAgent = silentAgent(() => {
    asked += 1;
  });
  const ecs = new ECSClient({
    ...options,
    requestHandler: { ...options.requestHandler, httpAgent },
    region: "us-east-1",
    endpoint: "http://127.0.0.1:1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  });
  let failure: unknown;
  const call = ecs.send(new UpdateServiceCommand({ service: "order-service" })).catch((error: unknown) => {
    failure = error;
  });
  // The SDK loads parts of itself at its first call.
  while (asked === 0) await new Promise((turn) => setImmediate(turn));
  let seconds = 0;
  for (; failure === undefined && seconds < 60; seconds += 1) {
    for (let turns = 0; turns < 20; turns += 1) await new Promise((turn) => setImmediate(turn));
    await vi.advanceTimersByTimeAsync(1000);
  }
  if (failure !== undefined) await call;
  return { asked, seconds, kind: failure === undefined ? undefined : translate(failure, "deploying").kind };
};

test("a read that nobody answers is tried three times and is an outage well before a function's 30 seconds are over", async () => {
  const { asked, seconds, kind } = await askInVain(clientDefaults);
  expect([kind, asked]).toEqual(["unavailable", 3]);
  expect(seconds).toBeLessThan(20);
});

test("a write that nobody answers is sent once, and ends within the ten seconds that are kept for it", async () => {
  const { asked, seconds, kind } = await askInVain(withoutRetry);
  expect([kind, asked]).toEqual(["unavailable", 1]);
  expect(seconds).toBeLessThan(10);
});
