import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compilePattern, isRefused } from "../../local/services/events/pattern/compile.ts";
import { matches } from "../../local/services/events/pattern/match.ts";
import { ofType, synthesized } from "./synthesized.ts";

const { automation } = synthesized();
const fixtures = join(import.meta.dirname, "..", "fixtures", "events");

const rules = ofType(automation, "AWS::Events::Rule").map(([id, { Properties }]) => {
  const pattern = compilePattern(Properties.EventPattern);
  if (isRefused(pattern)) throw new Error(`${id}: EventBridge would refuse its pattern: ${pattern.refused}`);
  return { id, pattern };
});

const wakes = (reaction: string, event: string): boolean =>
  rules.some(({ id, pattern }) => id.toLowerCase().startsWith(reaction) && matches(pattern, event));

const eventsOf = (reaction: string, kind: string) =>
  globSync("*.json", { cwd: join(fixtures, reaction, kind) }).map(
    (file) => [file, readFileSync(join(fixtures, reaction, kind, file), "utf8")] as const,
  );

describe.each(["oom", "scale"])("the rules of %s", (reaction) => {
  test.each(eventsOf(reaction, "accepted"))("let %s through", (_, event) => {
    expect(wakes(reaction, event)).toBe(true);
  });

  test.each(eventsOf(reaction, "ignored"))("keep %s away", (_, event) => {
    expect(wakes(reaction, event)).toBe(false);
  });
});

const killed = {
  version: "0",
  id: "00000000-0000-4000-8000-000000000000",
  "detail-type": "ECS Task State Change",
  source: "aws.ecs",
  account: "111122223333",
  time: "2026-11-23T03:00:00Z",
  region: "us-east-1",
  resources: ["arn:aws:ecs:us-east-1:111122223333:task/production/0"],
};
const cluster = "arn:aws:ecs:us-east-1:111122223333:cluster/production";
const death = {
  clusterArn: cluster,
  lastStatus: "STOPPED",
  containers: [{ reason: "OutOfMemoryError: Container killed" }],
};
const deployed = {
  ...killed,
  "detail-type": "ECS Deployment State Change",
  resources: ["arn:aws:ecs:us-east-1:111122223333:service/production/order-service"],
};

// biome-ignore format: a table reads as a table
test.each([
  ["a container killed for memory", true, { ...killed, detail: death }],
  ["the same, in the documentation's spelling", true, { ...killed, detail: { ...death, containers: [{}, { reason: "OUTOFMEMORYerror: x" }] } }],
  ["a sidecar's kill while the task runs", true, { ...killed, detail: { ...death, lastStatus: "RUNNING" } }],
  ["a kill told by the task's own reason", true, { ...killed, detail: { ...death, containers: [], stoppedReason: "OutOfMemory: killed" } }],
  ["an exit code of 137 alone", false, { ...killed, detail: { ...death, containers: [{ exitCode: 137 }] } }],
  ["memory named inside another reason", false, { ...killed, detail: { ...death, containers: [{ reason: "not OutOfMemory" }] } }],
  ["the same task on its way down", false, { ...killed, detail: { ...death, lastStatus: "DEPROVISIONING" } }],
  ["a kill in a cluster that is not ours", false, { ...killed, detail: { ...death, clusterArn: `${cluster}-old` } }],
  ["a kill told by somebody else", false, { ...killed, source: "my.app", detail: death }],
  ["a deployment that ended well", true, { ...deployed, detail: { eventName: "SERVICE_DEPLOYMENT_COMPLETED" } }],
  ["a deployment that failed", true, { ...deployed, detail: { eventName: "SERVICE_DEPLOYMENT_FAILED" } }],
  ["a deployment that has only begun", false, { ...deployed, detail: { eventName: "SERVICE_DEPLOYMENT_IN_PROGRESS" } }],
  ["a deployment in another cluster", false, { ...deployed, resources: ["arn:aws:ecs:us-east-1:1:service/staging/a"], detail: { eventName: "SERVICE_DEPLOYMENT_FAILED" } }],
])("%s wakes oom: %s", (_, expected, event) => {
  expect(wakes("oom", JSON.stringify(event))).toBe(expected);
});

test("notify hears records and nothing else", () => {
  const record = { ...killed, source: "ecs-reflex", "detail-type": "Reflex Record", detail: {} };
  expect(wakes("notify", JSON.stringify(record))).toBe(true);
  expect(wakes("notify", JSON.stringify({ ...record, source: "my.app" }))).toBe(false);
});
