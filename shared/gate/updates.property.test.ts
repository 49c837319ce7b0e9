import fc from "fast-check";
import { expect, test } from "vitest";
import { finding, gateSettings, judgeFacts, scan } from "../../test/builders/gate.ts";
import type { Finding } from "../domain/finding.ts";
import { judge } from "./judge.ts";

const NAMES = ["curl", "expat", "glibc", "openssl", "zlib"];

const found = fc.record({
  severity: fc.constantFrom<Finding["severity"]>("CRITICAL", "HIGH", "MEDIUM"),
  names: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 2 }),
});
const bounds = fc.record({
  maxCritical: fc.nat({ max: 2 }),
  maxHigh: fc.nat({ max: 3 }),
  maxMedium: fc.nat({ max: 4 }),
});

/** Every set of the names, one for each number whose bits tell who is in it. */
const subsets = Array.from({ length: 2 ** NAMES.length }, (_, bits) =>
  NAMES.filter((__, at) => (bits >> at) % 2 === 1),
);

test("no set with fewer packages than the named ones would do", () => {
  fc.assert(
    fc.property(fc.array(found, { minLength: 3, maxLength: 16 }), bounds, (told, by) => {
      const settings = gateSettings(by);
      const findings = told.map(({ severity, names }) =>
        finding({ severity, packages: names.map((name) => ({ name, version: "1", fixedIn: "2" })) }),
      );
      const after = (updated: readonly string[]) => {
        const left = findings.filter(({ packages }) => !packages.every(({ name }) => updated.includes(name)));
        return judge(judgeFacts({ scan: scan(left) }), settings);
      };
      const named = after([]).updates.map((update) => update.package);
      const sufficient = subsets.filter((names) => after(names).outcome === "allow").map(({ length }) => length);
      expect(after(named).outcome).toBe("allow");
      expect(named).toHaveLength(Math.min(...sufficient));
    }),
    { numRuns: 250, seed: 2026 },
  );
});
