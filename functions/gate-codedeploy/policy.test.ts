import { expect, test } from "vitest";
import type { DeploymentVerdict } from "#shared/gate/judge-deployment.ts";
import { decideResult } from "./policy.ts";

const verdict = (outcome: DeploymentVerdict["outcome"], isPending = false): DeploymentVerdict => ({
  outcome,
  isPending,
  passes: undefined,
  justification: undefined,
  containers: [],
});

// biome-ignore format: a table reads as a table
test.each([
  ["what passes", verdict("allow"), "act", "Succeeded"],
  ["what is blocked", verdict("block"), "act", "Failed"],
  ["what a person would be asked about", verdict("ask"), "act", "Failed"],
  ["what a person would be asked about", verdict("ask"), "ask", "Failed"],
  ["a scan that goes on", verdict("ask", true), "act", undefined],
  ["a scan that goes on while observing", verdict("ask", true), "observe", "Succeeded"],
  ["what cannot be told", undefined, "act", "Failed"],
  ["anything while observing", verdict("block"), "observe", "Succeeded"],
  ["anything where the gate is off", undefined, "off", "Succeeded"],
] as const)("%s is answered: %o in mode %s, %s", (_, judged, mode, result) => {
  expect(decideResult({ mode, isRollback: false, verdict: judged })).toBe(result);
});

test("a way back is never blocked", () => {
  for (const judged of [verdict("block"), verdict("ask", true), undefined])
    expect(decideResult({ mode: "act", isRollback: true, verdict: judged })).toBe("Succeeded");
});
