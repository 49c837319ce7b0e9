import { expect, test } from "vitest";
import type { DeploymentVerdict } from "#shared/gate/judge-deployment.ts";
import { decideAnswer } from "./policy.ts";

const verdict = (outcome: DeploymentVerdict["outcome"], isPending = false): DeploymentVerdict => ({
  outcome,
  isPending,
  passes: undefined,
  justification: undefined,
  containers: [],
});

// biome-ignore format: a table reads as a table
test.each([
  ["what passes", verdict("allow"), "act", "SUCCEEDED"],
  ["what is blocked", verdict("block"), "act", "FAILED"],
  ["what a person would be asked about", verdict("ask"), "act", "FAILED"],
  ["what a person would be asked about", verdict("ask"), "ask", "FAILED"],
  ["a scan that goes on", verdict("ask", true), "act", "IN_PROGRESS"],
  ["what cannot be told", undefined, "act", "FAILED"],
  ["anything while observing", verdict("block"), "observe", "SUCCEEDED"],
  ["anything where the gate is off", undefined, "off", "SUCCEEDED"],
] as const)("%s is answered in mode %#", (_, judged, mode, answer) => {
  expect(decideAnswer(judged, { mode })).toBe(answer);
});
