import type { Context } from "aws-lambda";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ReflexError } from "#shared/errors.ts";
import { hookHandler } from "./hook-lambda.ts";

// What is logged on the way is not what is looked at here.
vi.stubEnv("POWERTOOLS_LOG_LEVEL", "SILENT");

const LIMIT_MS = 30_000;
const WAITS = { hookStatus: "IN_PROGRESS", callBackDelay: 60 };

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

const asked = (answer: () => Promise<unknown>) =>
  hookHandler({ name: "gate", build: () => answer })("question", {
    getRemainingTimeInMillis: () => LIMIT_MS - Date.now(),
  } as Context);

test("an answer is given as it is, and leaves nothing behind that would wake the function", async () => {
  expect(await asked(async () => ({ hookStatus: "FAILED" }))).toEqual({ hookStatus: "FAILED" });
  expect(vi.getTimerCount()).toBe(0);
});

test("an outage keeps the deployment waiting, and what time does not mend is an error", async () => {
  const fails = (error: Error) => asked(() => Promise.reject(error));
  expect(await fails(new ReflexError("unavailable", "reading"))).toEqual(WAITS);
  await expect(fails(new ReflexError("denied", "reading"))).rejects.toThrow("reading");
});

test("an answer that takes longer than the function may run is no error: ECS is told to ask again before that", async () => {
  const answer = asked(() => new Promise(() => undefined));
  await vi.advanceTimersByTimeAsync(LIMIT_MS - 1000);
  expect(await Promise.race([answer, "nothing was said"])).toEqual(WAITS);
});
