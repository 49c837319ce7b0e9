import { expect, test } from "vitest";
import { parseConfig } from "#shared/config/parse.ts";
import { enrolmentsOf, enrolmentWarnings } from "./enrolment.ts";

const withScale = (services: Readonly<Record<string, object>>) =>
  parseConfig(
    { services: Object.fromEntries(Object.entries(services).map(([name, scale]) => [name, { scale }])) },
    "test",
  );

test("a service that names a queue is enrolled, and nobody else is", () => {
  const config = withScale({
    "production/a": { queueName: "jobs" },
    "production/b": { mode: "act" },
    "production/*": {},
  });
  expect(enrolmentsOf(config)).toMatchObject([{ service: "production/a", queueName: "jobs", refusal: undefined }]);
  expect(enrolmentsOf(parseConfig({}, "test"))).toEqual([]);
});

// biome-ignore format: a table reads as a table
test.each([
  ["a FIFO queue",                       { "production/a": { queueName: "jobs.fifo" } },                                            ["fifo-queue"]],
  ["several queues for one service",     { "production/a": { queueName: "jobs, mail" } },                                           ["several-queues"]],
  ["one queue for two services",         { "production/a": { queueName: "jobs" }, "production/b": { queueName: "jobs" } },          ["shared-queue", "shared-queue"]],
  ["a cluster that is not looked after", { "staging/a": { queueName: "jobs" } },                                                    ["cluster-unknown"]],
  ["a minimum above the maximum",        { "production/a": { queueName: "jobs", min: 6, max: 5 } },                                 ["minimum-above-maximum"]],
  ["a promise below the lead time",      { "production/a": { queueName: "jobs", latencySeconds: 45 } },                             ["promise-below-lead-time"]],
  ["minute ticks for a short promise",   { "production/a": { queueName: "jobs", tickSeconds: 60 } },                                ["promise-below-lead-time"]],
  ["a promise that can be kept",         { "production/a": { queueName: "jobs" }, "production/b": { queueName: "mail" } },          []],
])("%s is said before anything is deployed", (_, services, reasons) => {
  expect(enrolmentWarnings(withScale(services)).map(({ reason }) => reason)).toEqual(reasons);
});
