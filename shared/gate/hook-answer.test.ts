import { expect, test } from "vitest";
import { hookAnswer } from "./hook-answer.ts";
import type { DeploymentVerdict } from "./judge-deployment.ts";

const verdict = (outcome: DeploymentVerdict["outcome"], isPending = false): DeploymentVerdict => ({
  outcome,
  isPending,
  passes: undefined,
  justification: undefined,
  containers: [],
});

// biome-ignore format: a table reads as a table
test.each([
  ["what passes", verdict("allow"), "act", "let-on"],
  ["what is blocked", verdict("block"), "act", "send-back"],
  ["what a person would be asked about", verdict("ask"), "act", "send-back"],
  ["what a person would be asked about", verdict("ask"), "ask", "send-back"],
  ["a scan that goes on", verdict("ask", true), "act", "not-yet"],
  ["a scan that goes on while observing", verdict("ask", true), "observe", "let-on"],
  ["what cannot be told", undefined, "act", "send-back"],
  ["anything while observing", verdict("block"), "observe", "let-on"],
  ["anything where the gate is off", undefined, "off", "let-on"],
] as const)("%s is answered: %o in mode %s, %s", (_, judged, mode, answer) => {
  expect(hookAnswer(judged, mode)).toBe(answer);
});
