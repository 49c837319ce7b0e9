import type { Context } from "aws-lambda";
import { expect, test, vi } from "vitest";
import { ReflexError } from "#shared/errors.ts";
import { fakeClock } from "../../test/fakes/clock.ts";
import { lastingHandler } from "./lasting-lambda.ts";

// What is logged on the way is not what is looked at here.
vi.stubEnv("POWERTOOLS_LOG_LEVEL", "SILENT");

const LIMIT_SECONDS = 900;

/** A function that meets these outcomes one after the other, the last of them again and again. */
const world = (...outcomes: readonly (string | undefined | Error)[]) => {
  const clock = fakeClock();
  const begin = clock.now().getTime();
  const elapsed = () => (clock.now().getTime() - begin) / 1000;
  const asked: { at: number; since: number }[] = [];
  const refused: unknown[] = [];
  const handler = lastingHandler<string>({
    name: "gate",
    clock,
    pause: async (seconds) => clock.advance(seconds),
    build: () => ({
      async answer(_question, since) {
        asked.push({ at: elapsed(), since: since.getTime() - begin });
        const outcome = outcomes[Math.min(asked.length, outcomes.length) - 1];
        if (outcome instanceof Error) throw outcome;
        return outcome;
      },
      refuse: async (question) => void refused.push(question),
    }),
  });
  const context = {
    getRemainingTimeInMillis: () => (LIMIT_SECONDS - elapsed()) * 1000,
  } as Context;
  return { asked, refused, elapsed, call: () => handler("question", context) };
};

test("what is answered is not asked again", async () => {
  const { call, asked, refused } = world("yes");
  expect(await call()).toBe("yes");
  expect(asked).toHaveLength(1);
  expect(refused).toEqual([]);
});

test("it is asked every 20 seconds, and told since when", async () => {
  const { call, asked } = world(undefined, undefined, "yes");
  expect(await call()).toBe("yes");
  expect(asked.map(({ at }) => Math.round(at))).toEqual([0, 20, 40]);
  expect(new Set(asked.map(({ since }) => since)).size).toBe(1);
});

test("an outage is waited out", async () => {
  const { call, refused } = world(new ReflexError("throttled", "reading"), "yes");
  expect(await call()).toBe("yes");
  expect(refused).toEqual([]);
});

test.each([new ReflexError("denied", "reading"), new ReflexError("invalid-event", "reading"), new TypeError("broken")])(
  "what time does not mend is a no at once, and an error: %s",
  async (error) => {
    const { call, asked, refused } = world(error);
    await expect(call()).rejects.toBe(error);
    expect(asked).toHaveLength(1);
    expect(refused).toEqual(["question"]);
  },
);

test.each([[undefined], [new ReflexError("unavailable", "reading")]])(
  "where nothing comes in time the answer is no, before the function is stopped: %s",
  async (outcome) => {
    const { call, refused, elapsed } = world(outcome);
    await expect(call()).rejects.toBeInstanceOf(ReflexError);
    expect(refused).toEqual(["question"]);
    expect(elapsed()).toBeGreaterThan(13 * 60);
    expect(elapsed()).toBeLessThanOrEqual(LIMIT_SECONDS - 60);
  },
);
