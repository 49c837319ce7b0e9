import { expect, test } from "vitest";
import { threatsOf } from "./threats.ts";

test("CISA's catalogue is a list of exploited vulnerabilities", () => {
  const document = { title: "CISA Catalog", vulnerabilities: [{ cveID: "cve-2021-44228", vendorProject: "Apache" }] };
  expect(threatsOf(document)).toEqual({ "CVE-2021-44228": { isExploited: true } });
});

test("our own list tells what it knows of each", () => {
  const own = { "CVE-2026-1": { epss: 0.4 }, "cve-2026-2": { isExploited: false, fixedAt: "2026-11-01" } };
  expect(threatsOf(own)).toEqual({
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
])("%o is neither", (document) => {
  expect(threatsOf(document)).toBeUndefined();
});
