/** What every function of every adapter answers when AWS refuses, breaks or falls silent: a kind that a policy or the shell knows. */
import { expect, test } from "vitest";
import { ReflexError } from "#shared/errors.ts";
import type { FaultKind } from "../../local/faults.ts";
import { adaptersOn } from "./adapters.ts";
import { contractCloud } from "./cloud.ts";

const cloud = contractCloud();

/** Ports whose failures are answers. */
const READINGS = /^(?:Metrics|Queues|ScalableTargets|TaskCounts)\./;

/** The kind of what a call answers or fails with. */
const kindOf = async (call: () => Promise<unknown>): Promise<string> => {
  try {
    const answer = await call();
    return typeof answer === "object" && answer !== null && "kind" in answer ? `answers ${answer.kind}` : "answers";
  } catch (error) {
    return error instanceof ReflexError ? `throws ${error.kind}` : String(error);
  }
};

/** What each call comes to, by the names of its port and its function. */
const outcomes = async (keys?: Parameters<typeof adaptersOn>[1]): Promise<Readonly<Record<string, string>>> => {
  const told: Record<string, string> = {};
  for (const { name, calls } of adaptersOn(cloud.now(), keys))
    for (const [call, run] of calls) told[`${name}.${call}`] = await kindOf(run);
  return told;
};

/** The same for all: what a reading is, and what others throw. */
const alike = (told: Readonly<Record<string, string>>, reading: string, thrown: string) =>
  Object.fromEntries(
    Object.keys(told).map((call) => [call, READINGS.test(call) ? `answers ${reading}` : `throws ${thrown}`]),
  );

test.each<[string, FaultKind, string]>([
  ["that is too busy is asked again later", "throttle", "throttled"],
  ["that breaks is asked again later", "error", "unavailable"],
  ["that does not answer is asked again later", "timeout", "unavailable"],
])("an AWS %s", async (_, kind, thrown) => {
  const { faults } = cloud.now().cloud.local;
  faults.add({ service: "*", operation: "*", kind, times: Number.POSITIVE_INFINITY });
  const told = await outcomes();
  faults.clear();
  expect(told).toEqual(alike(told, "unreadable", thrown));
});

test("an AWS that lets us do nothing is heard, and an image of a registry that is closed to us is one that nobody can judge", async () => {
  const nobody = { kind: "role", roleArn: "arn:aws:iam::111122223333:role/nobody", sessionName: "test" } as const;
  const told = await outcomes(cloud.now().cloud.local.principals.issue(nobody));
  expect(told).toEqual({ ...alike(told, "denied", "denied"), "Images.find": "answers unreadable" });
});
