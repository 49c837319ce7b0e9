import { type ScryptOptions, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../../../contract.ts";
import { createWorld, noonMs, type World } from "../testing/world.ts";

let world: World;
let probe: string;

beforeAll(async () => {
  world = await createWorld();
  probe = world.makeProbe("probe");
  world.start();
});
afterAll(() => world.stop());

const act = async (event: JsonObject, seconds = 0) => (await world.act(probe, event, seconds)).payload;

describe("virtual time inside a function", () => {
  test("every way to ask for the date answers the cloud's time", async () => {
    await world.pass(5 * 3600);
    const now = world.cloud.clock.now();
    expect(now).toBe(noonMs + 5 * 3_600_000);
    expect(await act({ act: "dates" })).toEqual({
      now,
      made: now,
      cloned: true,
      constructor: true,
      text: "1970-01-01T00:00:00.000Z",
      formatted: "23/11/2026",
      called: "Mon Nov 23 2026 17:00:00 GMT+0000 (Coordinated Universal Time)",
    });
  });

  test.each([["sleep"], ["classic"], ["promisified"], ["sleepAfterUuid"]])(
    "%s of 20 s takes 20 s of the cloud's time",
    async (name) => {
      const before = world.cloud.clock.now();
      expect(await act({ act: name, seconds: 20 }, 25)).toBe(before + 20_000);
    },
  );

  test("an interval fires in its rhythm", async () => {
    const before = world.cloud.clock.now();
    const seen = [before + 2000, before + 4000, before + 6000];
    expect(await act({ act: "interval", seconds: 2, times: 3 }, 10)).toEqual(seen);
  });

  test.each([
    ["an HTTP call", { act: "race", path: "/test/slow" }, "answer"],
    ["a fetch", { act: "raceFetch", path: "/test/slow" }, "answer"],
    ["compression", { act: "raceZip" }, true],
    ["reading a file", { act: "raceFile" }, true],
    ["a key derivation", { act: "raceScrypt" }, 64],
    ["a digest", { act: "raceDigest" }, 32],
  ])("time waits for %s", async (_, event, expected) => {
    world.onAsked(async () => {
      for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
      return { status: 200, body: "answer" };
    });
    expect(await act(event, 30)).toEqual(expected);
  });

  test("time waits for an answer that the cloud is still working on, however long that takes", async () => {
    world.onAsked(async () => {
      // Real work of some hundred milliseconds, on the thread pool.
      await promisify<string, string, number, ScryptOptions, Buffer>(scrypt)("a", "b", 64, {
        N: 2 ** 16,
        maxmem: 2 ** 27,
      });
      return { status: 200, body: "answer" };
    });
    expect(await act({ act: "race", path: "/test/hard" }, 30)).toBe("answer");
  });

  test("a call that the cloud delays lets time go on, and a timeout cuts it off", async () => {
    world.onAsked(async ({ headers }) => {
      const suspended = world.lambda.suspendProcess(headers["x-local-process"]);
      await new Promise<void>((resolve) => {
        world.cloud.clock.at(world.cloud.clock.now() + 60_000, "a late answer", resolve);
      });
      await suspended?.resume();
      return { status: 200, body: "late" };
    });
    expect(await act({ act: "hang", path: "/test/late", seconds: 10 }, 70)).toEqual({
      error: "TimeoutError",
      afterMs: 10_000,
    });
  });

  test("a delayed answer is still an answer", async () => {
    world.onAsked(async ({ headers }) => {
      const suspended = world.lambda.suspendProcess(headers["x-local-process"]);
      await new Promise<void>((resolve) => {
        world.cloud.clock.at(world.cloud.clock.now() + 7000, "a late answer", resolve);
      });
      await suspended?.resume();
      return { status: 200, body: "late" };
    });
    expect(await act({ act: "http", path: "/test/late" }, 8)).toBe("late");
  });

  test("a timer left behind fires in a later invocation, as in a thawed sandbox", async () => {
    expect(await act({ act: "leave" })).toBe("left");
    await world.pass(1800);
    expect(await act({ act: "leftover" }, 1)).toBe(`fired at ${world.cloud.clock.now() - 1000}`);
  });

  test("the remaining time is the function's timeout", async () => {
    expect(await act({ act: "remaining" })).toBe(30_000);
  });
});

describe("a function that fails", () => {
  test.each([
    ["throws", { act: "throw" }, { errorType: "RangeError", errorMessage: "too much" }],
    [
      "exits",
      { act: "exit", status: 3 },
      { errorType: "Runtime.ExitError", errorMessage: expect.stringContaining("exit status 3") },
    ],
    ["promises what nothing will ever keep", { act: "never" }, { errorType: "Runtime.ExitError" }],
    [
      "uses more memory than it has",
      { act: "fill" },
      { errorType: "Runtime.ExitError", errorMessage: expect.stringContaining("signal: aborted") },
    ],
  ])("%s, and the next invocation runs again", async (_, event, payload) => {
    expect(await world.act(probe, event)).toMatchObject({ payload, functionError: "Unhandled" });
    expect(await act({ act: "now" })).toBe(world.cloud.clock.now());
  });

  test("is killed at its deadline, to the millisecond", async () => {
    const before = world.cloud.clock.now();
    let endedMs = 0;
    const outcome = world.lambda.invoke(probe, { act: "sleep", seconds: 40 });
    void outcome.then(() => {
      endedMs = world.cloud.clock.now();
    });
    await world.pass(60);
    expect(await outcome).toMatchObject({
      functionError: "Unhandled",
      payload: {
        errorType: "Sandbox.Timedout",
        errorMessage: expect.stringContaining("Task timed out after 30.00 seconds"),
      },
    });
    expect(endedMs - before).toBe(30_000);
  });

  test("says in AWS's words that a handler is missing or takes a callback", async () => {
    const missing = world.makeProbe("missing", { Handler: "index.none" });
    const callback = world.makeProbe("callback", { Handler: "index.callback" });
    expect(await world.act(missing, {})).toMatchObject({ payload: { errorType: "Runtime.HandlerNotFound" } });
    expect(await world.act(callback, {})).toMatchObject({
      payload: { errorType: "Runtime.CallbackHandlerDeprecated" },
    });
  });
});

describe("the sandbox", () => {
  test("reads its own files, writes its scratch folder, reaches the cloud, and nothing else", async () => {
    expect(await act({ act: "forbidden" })).toEqual({
      passwords: "ERR_ACCESS_DENIED",
      spawn: "ERR_ACCESS_DENIED",
      write: "ERR_ACCESS_DENIED",
      scratch: "allowed",
      network: "ERR_NETWORK_DENIED",
      names: "ERR_NETWORK_DENIED",
    });
  });

  test("has Lambda's environment and nothing of this machine's", async () => {
    const environment = (await act({ act: "environment" })) as Record<string, string>;
    expect(environment).toMatchObject({
      AWS_LAMBDA_FUNCTION_NAME: "probe",
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      AWS_REGION: "us-east-1",
      _HANDLER: "index.handler",
    });
    expect(Object.keys(environment)).not.toContain("PATH");
    expect(Object.keys(environment)).not.toContain("LOCAL_SANDBOX");
  });

  test("stays warm: the same process answers again, and a killed one is replaced", async () => {
    const first = (await act({ act: "count" })) as { invocations: number };
    expect(await act({ act: "count" })).toMatchObject({ invocations: first.invocations + 1 });
    const outcome = world.lambda.invoke(probe, { act: "sleep", seconds: 20 });
    await world.pass(1);
    expect(world.lambda.killInvocation("probe")).toBe(1);
    await world.pass(1);
    expect(await outcome).toMatchObject({ payload: { errorMessage: expect.stringContaining("signal: killed") } });
    expect(await act({ act: "count" })).toMatchObject({ invocations: 1 });
  });

  test("an idle process is reclaimed in the end, and what it remembered is gone", async () => {
    await act({ act: "count" });
    await world.pass(44 * 60);
    expect(await act({ act: "count" })).not.toMatchObject({ invocations: 1 });
    await world.pass(46 * 60);
    expect(await act({ act: "count" })).toMatchObject({ invocations: 1 });
  });

  test("the same seed gives the same jitter", async () => {
    const draws: unknown[] = [];
    for (let run = 0; run < 2; run += 1) {
      const other = await createWorld();
      const arn = other.makeProbe("seeded");
      draws.push((await other.act(arn, { act: "random" })).payload);
      await other.stop();
    }
    expect(draws[0]).toEqual(draws[1]);
    expect(draws[0]).not.toEqual((await act({ act: "random" })) as unknown);
  });
});

test("invocations beyond the processes there are wait, and all are answered", async () => {
  const small = await createWorld({ processesPerFunction: 2 });
  const arn = small.makeProbe("crowd");
  const outcomes = [1, 2, 3, 4, 5].map((seconds) => small.lambda.invoke(arn, { act: "sleep", seconds }));
  await small.pass(20);
  expect((await Promise.all(outcomes)).map(({ functionError }) => functionError)).toEqual(Array(5).fill(undefined));
  await small.stop();
});

test("one process at a time: the calls of two functions come in the same order every time", async () => {
  const orders: string[] = [];
  for (let run = 0; run < 2; run += 1) {
    const serial = await createWorld();
    serial.lambda.configure({ isSerial: true });
    const [a, b] = [serial.makeProbe("a"), serial.makeProbe("b")];
    const outcomes = [a, b, a, b].map((arn, index) =>
      serial.lambda.invoke(arn, { act: "fetch", path: `/test/${index}` }),
    );
    await serial.pass(1);
    await Promise.all(outcomes);
    orders.push(serial.asked.map(({ path }) => path).join(" "));
    await serial.stop();
  }
  expect(orders[0]).toBe("/test/0 /test/1 /test/2 /test/3");
  expect(orders[1]).toBe(orders[0]);
});

test("one process at a time: a call that is delayed hands the turn on, one that is answered at once keeps it", async () => {
  const serial = await createWorld({ isSerial: true });
  const [a, b] = [serial.makeProbe("a"), serial.makeProbe("b")];
  serial.onAsked(async ({ path, headers }) => {
    const suspended = serial.lambda.suspendProcess(headers["x-local-process"]);
    const { clock } = serial.cloud;
    if (path === "/test/late")
      await new Promise<void>((resolve) => {
        clock.at(clock.now() + 7000, "a late answer", resolve);
      });
    await suspended?.resume();
    return { status: 200, body: path };
  });
  const paths = ["/test/late", "/test/soon", "/test/late", "/test/soon"];
  const outcomes = paths.map((path, index) => serial.lambda.invoke(index % 2 ? a : b, { act: "http", path }));
  await serial.pass(20);
  expect((await Promise.all(outcomes)).map(({ payload }) => payload)).toEqual(paths);
  await serial.stop();
});

test("a runner of another kind can stand in for processes", async () => {
  const other = await createWorld();
  const seen: string[] = [];
  other.lambda.runBy({
    invoke: async ({ name }, { payload }) => {
      seen.push(`${name} ${payload}`);
      return { payload: '"from elsewhere"' };
    },
    stop: async () => {},
  });
  expect(await other.act(other.makeProbe("simulated"), { x: 1 })).toEqual({ payload: "from elsewhere" });
  expect(seen).toEqual(['simulated {"x":1}']);
  await other.stop();
});

test("a call that waits for another function lets time go on", async () => {
  const other = await createWorld();
  const sleeper = other.makeProbe("sleeper");
  const caller = other.makeProbe("caller", {}, [
    { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: sleeper },
  ]);
  // The caller's call is open while the sleeper sleeps: neither may hold the clock for ever.
  other.onAsked(async ({ headers }) => {
    const suspended = other.lambda.suspendProcess(headers["x-local-process"]);
    const { payload } = await other.lambda.invoke(sleeper, { act: "sleep", seconds: 10 });
    await suspended?.resume();
    return { status: 200, body: String(payload) };
  });
  const before = other.cloud.clock.now();
  expect(await other.act(caller, { act: "http", path: "/test/" }, 20)).toEqual({ payload: String(before + 10_000) });
  await other.stop();
});
