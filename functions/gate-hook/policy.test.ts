import { expect, test } from "vitest";
import { decideAnswer } from "./policy.ts";

const judged = { passes: undefined, justification: undefined, containers: [] };

test("ECS is told to let on, to send back, or to ask again", () => {
  const answer = (outcome: "allow" | "block", isPending = false) =>
    decideAnswer({ ...judged, outcome, isPending }, { mode: "act" });
  expect([answer("allow"), answer("block"), answer("block", true)]).toEqual(["SUCCEEDED", "FAILED", "IN_PROGRESS"]);
});
