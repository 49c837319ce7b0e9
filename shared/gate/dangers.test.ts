import { describe, expect, test } from "vitest";
import { gateSettings } from "../../test/builders/gate.ts";
import type { Threat } from "../domain/finding.ts";
import { dangerTold, isExploitable, rulesOfThreat } from "./dangers.ts";

const SAID = "2026-11-20T04:00:00.000Z";
const settings = gateSettings({ epssAtLeast: 0.5 });
const QUIET = { hasExploit: false };
const KNOWN = { hasExploit: true };

// biome-ignore format: a table reads as a table
test.each<[string, Threat | undefined, object | undefined]>([
  ["nothing is known", undefined, undefined],
  ["no probability is known", { isExploited: true }, undefined],
  ["Inspector told none", { inspector: { saidAt: SAID, hasExploit: true } }, undefined],
  ["the list tells one that is reached", { epss: 0.5 }, { saidBy: "list", epss: 0.5 }],
  ["the list tells a lower one", { epss: 0.499 }, undefined],
  ["Inspector told one that is reached", { inspector: { saidAt: SAID, epss: 0.5 } }, { saidBy: "inspector", saidAt: SAID, epss: 0.5 }],
  ["Inspector told a lower one", { inspector: { saidAt: SAID, epss: 0.499 } }, undefined],
  ["Inspector's is higher than the list's", { epss: 0.6, inspector: { saidAt: SAID, epss: 0.7 } }, { saidBy: "inspector", saidAt: SAID, epss: 0.7 }],
  ["the list's is higher than Inspector's", { epss: 0.7, inspector: { saidAt: SAID, epss: 0.6 } }, { saidBy: "list", epss: 0.7 }],
  ["both tell the same", { epss: 0.7, inspector: { saidAt: SAID, epss: 0.7 } }, { saidBy: "list", epss: 0.7 }],
])("likely to be exploited, where %s", (_, threat, expected) => {
  expect(dangerTold("likely-exploited", KNOWN, threat, settings)).toEqual(expected);
});

test("a probability of zero reaches a bound of zero, and none at all does not", () => {
  expect(dangerTold("likely-exploited", QUIET, { epss: 0 }, { epssAtLeast: 0 })).toEqual({ saidBy: "list", epss: 0 });
  expect(dangerTold("likely-exploited", QUIET, {}, { epssAtLeast: 0 })).toBeUndefined();
});

// biome-ignore format: a table reads as a table
test.each<[string, { hasExploit: boolean }, Threat | undefined, object | undefined]>([
  ["nobody knows one", QUIET, undefined, undefined],
  ["the scan knows one", KNOWN, undefined, { saidBy: "scan" }],
  ["Inspector knew one", QUIET, { inspector: { saidAt: SAID, hasExploit: true } }, { saidBy: "inspector", saidAt: SAID }],
  ["Inspector knew none", QUIET, { inspector: { saidAt: SAID, hasExploit: false } }, undefined],
  ["Inspector knew none, and the scan does", KNOWN, { inspector: { saidAt: SAID, hasExploit: false } }, { saidBy: "scan" }],
  ["the list calls it exploited", QUIET, { isExploited: true }, undefined],
])("an exploit, where %s", (_, finding, threat, expected) => {
  expect(dangerTold("exploit-available", finding, threat, settings)).toEqual(expected);
  expect(isExploitable(finding, threat)).toBe(expected !== undefined || threat?.isExploited === true);
});

test("exploited is what the list calls so, and nothing else", () => {
  expect(dangerTold("known-exploited", QUIET, { isExploited: true }, settings)).toEqual({ saidBy: "list" });
  expect(dangerTold("known-exploited", KNOWN, { isExploited: false, epss: 1 }, settings)).toBeUndefined();
  expect(dangerTold("known-exploited", KNOWN, undefined, settings)).toBeUndefined();
});

describe("the rules that a threat calls up by itself", () => {
  const threat: Threat = { isExploited: true, inspector: { saidAt: SAID, epss: 0.9, hasExploit: true } };

  test("are those for which the policy calls for something", () => {
    expect(rulesOfThreat(threat, settings)).toEqual(["known-exploited", "likely-exploited"]);
    expect(rulesOfThreat(threat, gateSettings({ exploitAvailable: "ask", knownExploited: "count" }))).toEqual([
      "exploit-available",
      "likely-exploited",
    ]);
  });

  test("are none where it says too little", () => {
    expect(rulesOfThreat({ inspector: { saidAt: SAID, epss: 0.1 } }, settings)).toEqual([]);
    expect(rulesOfThreat({}, settings)).toEqual([]);
    expect(
      rulesOfThreat({ inspector: { saidAt: SAID, epss: 0.1 } }, gateSettings({ exploitAvailable: "ask" })),
    ).toEqual([]);
  });
});
