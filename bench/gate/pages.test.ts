import { expect, test } from "vitest";
import { readScan } from "#shared/gate/read-scan.ts";
import { pagesOf, recorded, shapes } from "./pages.ts";

test.each(shapes.map((shape) => [shape.name, shape] as const))(
  "%s: as many findings as asked for, on pages of a thousand",
  (_, shape) => {
    const pages = pagesOf(shape, 2500);
    const { findings, state } = readScan(pages.map((page) => JSON.parse(page) as unknown));
    expect([pages.length, state, findings?.length]).toEqual([3, "complete", 2500]);
    expect(new Set(findings?.map(({ id }) => id)).size).toBe(2500);
  },
);

test("recorded findings are repeated, each as a vulnerability of its own", () => {
  const enhancedFindings = [
    {
      severity: "HIGH",
      packageVulnerabilityDetails: { vulnerabilityId: "CVE-1", vulnerablePackages: [{ name: "curl" }] },
    },
    { severity: "LOW", packageVulnerabilityDetails: { vulnerabilityId: "CVE-2" } },
  ];
  const shape = recorded("two.json", { imageScanFindings: { enhancedFindings } });
  const pages = shape ? pagesOf(shape, 3) : [];
  expect(readScan(pages.map((page) => JSON.parse(page) as unknown)).findings).toMatchObject([
    { id: "CVE-2026-0", severity: "HIGH", packages: [{ name: "curl" }] },
    { id: "CVE-2026-1", severity: "LOW" },
    { id: "CVE-2026-2", severity: "HIGH" },
  ]);
});

test.each([[{}], [{ imageScanFindings: null }], [{ imageScanFindings: { findings: [] } }]])(
  "%o has nothing to repeat",
  (answer) => {
    expect(recorded("none.json", answer)).toBeUndefined();
  },
);
