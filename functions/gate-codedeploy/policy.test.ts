import { expect, test } from "vitest";
import { decideResult } from "./policy.ts";

const judged = { passes: undefined, justification: undefined, containers: [] };
const verdict = (outcome: "allow" | "block", isPending = false) => ({ ...judged, outcome, isPending });

test("CodeDeploy is told to let on or to send back, and nothing while a scan goes on", () => {
  const result = (...of: Parameters<typeof verdict>) =>
    decideResult({ mode: "act", isRollback: false, verdict: verdict(...of) });
  expect([result("allow"), result("block"), result("block", true)]).toEqual(["Succeeded", "Failed", undefined]);
});

test("a way back is never blocked", () => {
  for (const told of [verdict("block"), verdict("block", true), undefined])
    expect(decideResult({ mode: "act", isRollback: true, verdict: told })).toBe("Succeeded");
});
