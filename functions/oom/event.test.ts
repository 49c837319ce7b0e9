import { readdirSync, readFileSync } from "node:fs";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { killOf, TaskStateChange, WHOLE_TASK } from "./event.ts";

const folder = new URL("../../test/fixtures/events/oom/", import.meta.url);
const names = (kind: string): string[] =>
  readdirSync(new URL(`${kind}/`, folder)).map((file) => file.replace(".json", ""));
const read = (kind: string, name: string): unknown =>
  JSON.parse(readFileSync(new URL(`${kind}/${name}.json`, folder), "utf8"));
const kill = (name: string) => killOf(v.parse(TaskStateChange, read("accepted", name)));

const serviceTask = {
  taskArn: "arn:aws:ecs:us-east-1:111122223333:task/production/8f3c1d2e4b5a69788796a5b4c3d2e1f0",
  container: "app",
  containers: ["app"],
  revision: "arn:aws:ecs:us-east-1:111122223333:task-definition/order-service:7",
  at: "2026-11-23T11:42:10.4Z",
  ranSeconds: 9742.167,
  version: 6,
  group: "service:order-service",
  service: {
    arn: "arn:aws:ecs:us-east-1:111122223333:service/production/order-service",
    cluster: "production",
    name: "order-service",
  },
  wasBeingStopped: false,
  isInjected: false,
  injectedMiB: 0,
};

const expected: Readonly<Record<string, object>> = {
  "service-task": {},
  "lower-case-text-and-container-limit": {},
  "exit-code-0-of-a-main-process-that-outlived-its-child": {},
  "fields-newer-than-this-code": {},
  "standalone-task": { service: undefined, group: "family:order-service" },
  "sidecar-in-a-running-task": {
    container: "otel",
    containers: ["otel"],
    at: "2026-11-23T10:15:00.5Z",
    ranSeconds: 4512.267,
    version: 4,
  },
  "reason-in-the-tasks-stopped-reason": {},
  "two-containers-killed": { containers: ["app", "otel"] },
  "soon-after-the-start": { ranSeconds: 60 },
  "before-the-task-was-running": { ranSeconds: 15 },
  "beside-an-injected-container": { injectedMiB: 128 },
  "injected-container-itself": {
    container: "aws-guardduty-agent-nm40lC",
    containers: ["aws-guardduty-agent-nm40lC"],
    isInjected: true,
    injectedMiB: 128,
    at: "2026-11-23T10:15:00.5Z",
    ranSeconds: 4512.267,
    version: 5,
  },
  "old-sidecar-reason-on-scale-in": {
    container: "otel",
    containers: ["otel"],
    wasBeingStopped: true,
    at: "2026-11-23T11:42:41.4Z",
    ranSeconds: 9773.167,
  },
  "stopped-by-a-user-while-killed": { wasBeingStopped: true, at: "2026-11-23T11:42:41.4Z", ranSeconds: 9773.167 },
  china: {
    taskArn: "arn:aws-cn:ecs:cn-north-1:111122223333:task/production/8f3c1d2e4b5a69788796a5b4c3d2e1f0",
    revision: "arn:aws-cn:ecs:cn-north-1:111122223333:task-definition/order-service:7",
    service: {
      arn: "arn:aws-cn:ecs:cn-north-1:111122223333:service/production/order-service",
      cluster: "production",
      name: "order-service",
    },
  },
  "found-by-describing-tasks": {},
};

test.each(names("accepted"))("a kill is read: %s", (name) => {
  expect(kill(name)).toEqual({ ...serviceTask, ...expected[name] });
});

test("every accepted fixture has its expectation", () => {
  expect(names("accepted").toSorted()).toEqual(Object.keys(expected).toSorted());
});

test.each(names("ignored"))("no kill is seen: %s", (name) => {
  expect(killOf(v.parse(TaskStateChange, read("ignored", name)))).toBeUndefined();
});

test.each(names("malformed"))("refused, not guessed at: %s", (name) => {
  expect(v.safeParse(TaskStateChange, read("malformed", name)).success).toBe(false);
});

interface Detail {
  containers: Record<string, unknown>[];
  [field: string]: unknown;
}

/** The service task's event with another detail. */
const changed = (change: (detail: Detail) => object) => {
  const event = read("accepted", "service-task") as { detail: Detail };
  return killOf(v.parse(TaskStateChange, { ...event, detail: { ...event.detail, ...change(event.detail) } }));
};

describe("when only the task's own reason names memory", () => {
  const stoppedReason = "OutOfMemory: Container killed";
  const container = (name: string, exitCode: number | null, image: string | null = "a") => ({ name, exitCode, image });
  // biome-ignore format: a table reads as a table
  test.each([
    ["the only container is meant",                  [container("app", 1)],                             "app"],
    ["the one killed by a signal is meant",          [container("a", 0), container("b", 137)],          "b"],
    ["one that AWS added is never meant",            [container("a", 0), container("agent", 137, null)], "a"],
    ["two killed by a signal leave it open",         [container("a", 137), container("b", 137)],        WHOLE_TASK],
    ["none killed by a signal leaves it open",       [container("a", 1), container("b", null)],         WHOLE_TASK],
    ["no container told leaves it open",             [],                                                WHOLE_TASK],
  ])("%s", (_, containers, killed) => {
    expect(changed(() => ({ stoppedReason, containers }))?.container).toBe(killed);
  });
});

describe("who stopped the task", () => {
  // biome-ignore format: a table reads as a table
  test.each([
    ["a dead essential container",                          { stopCode: "EssentialContainerExited" },  false],
    ["the scheduler",                                       { stopCode: "ServiceSchedulerInitiated" }, true],
    ["Spot",                                                { stopCode: "SpotInterruption" },          true],
    ["Spot by its older name",                              { stopCode: "TerminationNotice" },         true],
    ["failing infrastructure",                              { stopCode: "InfrastructureHealth" },      true],
    ["no code, ended before ECS began to stop it",          { stopCode: null },                        false],
    ["no code, ended 12 s after ECS began to stop it",      { stopCode: null, executionStoppedAt: "2026-11-23T11:42:23Z" }, true],
    ["no code, not ended yet",                              { stopCode: null, executionStoppedAt: null }, true],
    ["no code and no times",                                { stopCode: null, stoppingAt: null },      false],
  ])("%s", (_, change, wasBeingStopped) => {
    expect(changed(() => change)?.wasBeingStopped).toBe(wasBeingStopped);
  });
});

describe("when it died", () => {
  const times = { executionStoppedAt: null, stoppingAt: null, stoppedAt: null, updatedAt: null };
  // biome-ignore format: a table reads as a table
  test.each([
    ["at the end of its execution",           {},                                                        "2026-11-23T11:42:10.4Z"],
    ["else when ECS began to stop the task",  { executionStoppedAt: null },                              "2026-11-23T11:42:11.098Z"],
    ["else when the task had stopped",        { executionStoppedAt: null, stoppingAt: null },            "2026-11-23T11:42:35.019Z"],
    ["else when the task was updated",        { ...times, updatedAt: "2026-11-23T11:42:36Z" },           "2026-11-23T11:42:36Z"],
    ["else when the event was made",          times,                                                     "2026-11-23T11:42:35Z"],
  ])("%s", (_, change, at) => {
    expect(changed(() => change)?.at).toBe(at);
  });
});

test("a container's own reason counts before the task's", () => {
  const killed = changed(({ containers }) => ({
    stoppedReason: "OutOfMemory: Container killed",
    containers: [{ name: "db", exitCode: 137, image: "a" }, ...containers],
  }));
  expect(killed?.containers).toEqual(["app"]);
});

test("how long it ran is unknown without a start, and never negative", () => {
  expect(changed(() => ({ startedAt: null, pullStoppedAt: null }))?.ranSeconds).toBeUndefined();
  expect(changed(() => ({ startedAt: "2026-11-23T12:00:00Z" }))?.ranSeconds).toBe(0);
});

test("when one of ours and one that AWS added are killed, ours is the one to help", () => {
  const reason = "OutOfMemoryError: Container killed due to memory usage";
  const both = changed(({ containers }) => ({ containers: [{ name: "agent", reason }, ...containers] }));
  expect(both).toMatchObject({ container: "app", containers: ["app", "agent"], isInjected: false });
});

test("a group that is no group, and overrides that say nothing, are read as such", () => {
  expect(changed(() => ({ group: null, overrides: null }))).toMatchObject({
    group: "",
    service: undefined,
    injectedMiB: 0,
  });
  const agent = { name: "agent", lastStatus: "STOPPED" };
  const told = { containerOverrides: [{ memory: 64 }, { name: "agent" }, { name: "app", memory: 32 }] };
  expect(changed(({ containers }) => ({ containers: [...containers, agent], overrides: told }))?.injectedMiB).toBe(0);
});
