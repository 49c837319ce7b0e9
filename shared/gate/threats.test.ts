import { describe, expect, test } from "vitest";
import { afterWord, isWorthKeeping, threatsOf, withWords } from "./threats.ts";

test("CISA's catalogue is a list of exploited vulnerabilities", () => {
  const document = { title: "CISA Catalog", vulnerabilities: [{ cveID: "cve-2021-44228", vendorProject: "Apache" }] };
  expect(threatsOf(document)).toEqual({ "CVE-2021-44228": { isExploited: true } });
});

test("our own list tells what it knows of each", () => {
  const own = { "CVE-2026-1": { epss: 0.4 }, "cve-2026-2": { isExploited: false, fixedAt: "2026-11-01" } };
  expect(threatsOf(own)).toStrictEqual({
    "CVE-2026-1": { epss: 0.4 },
    "CVE-2026-2": { isExploited: false, fixedAt: "2026-11-01" },
  });
});

test.each([
  [null],
  ["CVE-1"],
  [{ "CVE-2026-1": { epss: 40 } }],
  [{ "CVE-2026-1": { fixedAt: "soon" } }],
  [{ "CVE-2026-1": { exploited: true } }],
  [{ [`CVE-${"1".repeat(61)}`]: { epss: 0.4 } }],
])("%o is neither", (document) => {
  expect(threatsOf(document)).toBeUndefined();
});

describe("what Inspector said", () => {
  const early = { saidAt: "2026-11-01T00:00:00.000Z", epss: 0.4, hasExploit: true };

  // biome-ignore format: a table reads as a table
  test.each([
    ["a first word", undefined, early, early, true],
    ["a first word of an exploit alone", undefined, { saidAt: early.saidAt, hasExploit: true }, { saidAt: early.saidAt, hasExploit: true }, true],
    ["a first word that says nothing", undefined, { saidAt: early.saidAt }, { saidAt: early.saidAt }, true],
    ["another probability", early, { saidAt: "2026-11-02T00:00:00.000Z", epss: 0.9 }, { saidAt: "2026-11-02T00:00:00.000Z", epss: 0.9, hasExploit: true }, true],
    ["an exploit that is none any more", early, { saidAt: "2026-11-02T00:00:00.000Z", hasExploit: false }, { saidAt: "2026-11-02T00:00:00.000Z", epss: 0.4, hasExploit: false }, true],
    ["a word that comes late", early, { saidAt: "2026-10-31T23:59:59.999Z", epss: 0.9 }, early, false],
    ["another word of the same instant", early, { saidAt: early.saidAt, epss: 0.9 }, { ...early, epss: 0.9 }, true],
    ["the same within a month", early, { ...early, saidAt: "2026-12-01T00:00:00.000Z" }, { ...early, saidAt: "2026-12-01T00:00:00.000Z" }, false],
    ["the same after a month", early, { ...early, saidAt: "2026-12-01T00:00:00.001Z" }, { ...early, saidAt: "2026-12-01T00:00:00.001Z" }, true],
  ])("%s", (_, before, word, after, isKept) => {
    expect(afterWord(before, word)).toEqual(after);
    expect(isWorthKeeping(before, word)).toBe(isKept);
  });

  test("stands beside the list, and neither hides the other", () => {
    const listed = { "CVE-2026-1": { isExploited: true }, "CVE-2026-2": { epss: 0.1 } };
    const words = new Map([
      ["CVE-2026-1", early],
      ["CVE-2026-3", early],
    ]);
    expect(withWords(listed, words)).toEqual({
      "CVE-2026-1": { isExploited: true, inspector: early },
      "CVE-2026-2": { epss: 0.1 },
      "CVE-2026-3": { inspector: early },
    });
  });
});
